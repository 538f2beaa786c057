package authoring_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/store"
)

// What an author did last is offered to be taken back, and then to be done again, also to a page that was just opened.
func TestDeedsAreOffered(t *testing.T) {
	w := newWorld(t)
	w.sample()
	h1, u1 := at("html", "h1"), at("vertical", "u1")
	look := func(what, done, taken string) {
		t.Helper()
		a, b, err := w.authoring.Deeds(t.Context(), ada, run, u1, 10)
		if err != nil {
			t.Fatal(err)
		}
		kinds := func(deeds []authoring.Deed) string {
			var all []string
			for _, d := range deeds {
				all = append(all, d.Of.Kind)
			}
			return strings.Join(all, " ")
		}
		if got, want := kinds(a)+" | "+kinds(b), done+" | "+taken; got != want {
			t.Errorf("%s: %s, not %s", what, got, want)
		}
		w.wait(time.Second)
	}
	look("nothing yet", "", "")
	saved := w.save(ada, h1, "data", five, `"a"`)
	w.wait(time.Second)
	_, added, err := w.authoring.Add(t.Context(), ada, u1, authoring.Last, authoring.NewBlock{Type: "html"})
	if err != nil {
		t.Fatal(err)
	}
	w.wait(time.Second)
	w.save(ben, h1, "display_name", `null`, `"Of Ben"`)
	look("another author's are his", "add save", "")
	back := w.undo(ada, added.ID)
	look("one taken back", "save", "add")
	second := w.undo(ada, saved.Op)
	look("both taken back", "", "save add")
	again := w.undo(ada, second.Op.ID)
	look("one done again", "save", "add")
	_ = w.undo(ada, again.Op.ID)
	_ = w.undo(ada, back.Op.ID)
	look("the other one", "add", "save")
	w.wait(25 * time.Hour)
	look("the next day", "", "")
}

func TestSpoken(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ kind, data, want string }{
		{"page", `"<style>p {}</style><p>Which &amp; <b>why</b>?</p><p>more</p>"`, "Which & why? more"},
		{"page", `"<img src=\"/static/a.png\" alt=\"A curve\">"`, "[A curve]"},
		{"page", `"` + strings.Repeat("wörd ", 40) + `"`, strings.TrimSpace(strings.Repeat("wörd ", 13)) + "…"},
		{"page", `""`, ""},
	} {
		if got := w.authoring.Spoken(t.Context(), c.kind, store.Map[string]{"data": c.data}); got != c.want {
			t.Errorf("%s is called %q, not %q", c.data, got, c.want)
		}
	}
	if got := fmt.Sprintf("%q", authoring.PlainText("<ul><li>one</li>\n<li>two <em>more</em></li></ul>")); got != `"one\ntwo more"` {
		t.Errorf("a list reads %s", got)
	}
}
