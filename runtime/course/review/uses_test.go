package review_test

import (
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
)

// A file is used where a link leads to it, and where a field names it; drafts and pages count.
func TestUses(t *testing.T) {
	w := newWorld(t)
	w.small(nil, child{Type: "html", ID: "h"}, child{Type: "video", ID: "w"})
	w.draft("html", "h", fields{"data": `"<p><img src=\"/static/a.png\"><a href=\"/static/pictures/b.png?x=1\">b</a> c.txt <a href=\"/static/My_plan.pdf\">p</a></p>"`, "display_name": `"Text"`})
	w.draft("video", "w", fields{"transcripts": `{"en":"en.srt"}`, "html5_sources": `["/static/film.mp4"]`})
	if err := w.courses.PutPage(t.Context(), run, course.Page{Kind: "tabs", Slug: "more", HTML: `<img src="/static/a.png">`}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // what is remembered says the same
		uses, err := w.review.Uses(t.Context(), run, []string{"a.png", "pictures/b.png", "c.txt", "en.srt", "film.mp4", "My plan.pdf"})
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]int{"a.png": 2, "pictures/b.png": 1, "c.txt": 0, "en.srt": 1, "film.mp4": 1, "My plan.pdf": 1} {
			if len(uses[name]) != want {
				t.Errorf("%s is used %d times, want %d: %+v", name, len(uses[name]), want, uses[name])
			}
		}
		use := uses["a.png"][0]
		if use.Title != "Text" || !use.Draft || use.Unit != run.Usage("vertical", "v") || use.Usage != run.Usage("html", "h") {
			t.Errorf("%+v", use)
		}
		if uses["a.png"][1].Page != "tabs/more" {
			t.Errorf("%+v", uses["a.png"][1])
		}
	}
}
