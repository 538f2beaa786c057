package review_test

import (
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/course/review"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

var run = key.Course{Org: "Org", Number: "Num", Run: "now"}

func open(t *testing.T) *course.Courses {
	t.Helper()
	opened, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := opened.Ensure(t.Context(), course.Specs()...); err != nil {
		t.Fatal(err)
	}
	runs := store.Of[course.Run](opened, course.RunSpec())
	if _, err := runs.Update(t.Context(), run.String(), func(r *course.Run) (bool, error) {
		*r = course.Run{Key: run.String()}
		return true, nil
	}); err != nil {
		t.Fatal(err)
	}
	return course.New(opened, course.Config{})
}

type child = course.ChildRef

// draft stores a block as its team has it.
func draft(t *testing.T, courses *course.Courses, blockType, id string, fields store.Map[string], children ...child) {
	t.Helper()
	err := courses.PutDraft(t.Context(), course.Draft{
		Course: run.String(), Usage: run.Usage(blockType, id).String(),
		Revision: course.Revision{Type: blockType, Fields: fields, Children: children},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// small is a course of one unit with the blocks given.
func small(t *testing.T, courses *course.Courses, settings store.Map[string], children ...child) {
	t.Helper()
	draft(t, courses, "course", course.RootID, settings, child{Type: "chapter", ID: "c"})
	draft(t, courses, "chapter", "c", store.Map[string]{"display_name": `"One"`}, child{Type: "sequential", ID: "s"})
	draft(t, courses, "sequential", "s", store.Map[string]{"display_name": `"Sub"`}, child{Type: "vertical", ID: "v"})
	draft(t, courses, "vertical", "v", store.Map[string]{"display_name": `"Unit"`}, children...)
}

// A file is used where a link leads to it, and where a field names it; drafts and pages count.
func TestUses(t *testing.T) {
	courses := open(t)
	small(t, courses, nil, child{Type: "html", ID: "h"}, child{Type: "video", ID: "w"})
	draft(t, courses, "html", "h", store.Map[string]{"data": `"<p><img src=\"/static/a.png\"><a href=\"/static/pictures/b.png?x=1\">b</a> c.txt</p>"`, "display_name": `"Text"`})
	draft(t, courses, "video", "w", store.Map[string]{"transcripts": `{"en":"en.srt"}`, "html5_sources": `["/static/film.mp4"]`})
	if err := courses.PutPage(t.Context(), run, course.Page{Kind: "tabs", Slug: "more", HTML: `<img src="/static/a.png">`}); err != nil {
		t.Fatal(err)
	}
	uses, err := review.Uses(t.Context(), courses, run, []string{"a.png", "pictures/b.png", "c.txt", "en.srt", "film.mp4"})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"a.png": 2, "pictures/b.png": 1, "c.txt": 0, "en.srt": 1, "film.mp4": 1} {
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
