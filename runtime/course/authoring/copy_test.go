package authoring_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/beside"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

var other = key.Course{Org: "Test", Number: "Two", Run: "now"}

func (w *world) file(run key.Course, name, hash string) {
	w.t.Helper()
	if err := w.courses.PutAsset(w.t.Context(), course.Asset{Course: run.String(), Name: name, Hash: hash, Size: 1, Type: "image/png"}); err != nil {
		w.t.Fatal(err)
	}
}

func TestPasteFromAnotherCourse(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx := t.Context()
	if err := w.authoring.Create(ctx, ada, other, "Another"); err != nil {
		t.Fatal(err)
	}
	tree, err := w.authoring.Tree(ctx, other)
	if err != nil {
		t.Fatal(err)
	}
	unit := tree.Course.Children[0].Children[0].Children[0].Usage
	w.file(run, "a.png", "01")
	w.file(run, "a.png.bak", "02")
	w.file(run, "b c.png", "03")
	w.file(run, "unused.png", "04")
	w.file(run, "python_lib.zip", "06")
	w.file(other, "a.png", "99")
	files := beside.New(beside.Config{Courses: w.courses, Now: w.clock})
	w.file(run, "old.png", "05")
	if _, err := files.RenameFile(ctx, run, "ada", "old.png", "renamed.png"); err != nil {
		t.Fatal(err)
	}
	w.save(ada, at("problem", "p1"), "data", `"<problem/>"`, `"<problem><img src='/static/old.png'/></problem>"`)
	w.save(ada, at("html", "h1"), "data", five, `"<img src=\"/static/a.png\"> <img src='/static/b%20c.png'> <a href=\"/static/a.png.bak\">x</a><!-- /static/python_lib.zip -->"`)
	pasted, op, err := w.authoring.Paste(ctx, ada, unit, authoring.Last, at("html", "h1"), at("problem", "p1"))
	w.must(op, err)
	content, err := w.authoring.Unit(ctx, other, unit)
	if err != nil || len(content.Children) != 2 || content.Children[0].Usage != pasted[0] || pasted[0].Course != other {
		t.Fatalf("%v, %+v", err, content)
	}
	var text string
	if err := json.Unmarshal(content.Children[0].Fields["data"], &text); err != nil {
		t.Fatal(err)
	}
	if want := `<img src="/static/a-2.png"> <img src='/static/b%20c.png'> <a href="/static/a.png.bak">x</a><!-- /static/python_lib.zip -->`; text != want {
		t.Errorf("the text is %s", text)
	}
	if data := string(content.Children[1].Fields["data"]); !strings.Contains(data, "/static/renamed.png") {
		t.Errorf("a file that was renamed: %s", data)
	}
	for name, hash := range map[string]string{"renamed.png": "05", "a.png": "99", "a-2.png": "01", "a.png.bak": "02", "b c.png": "03"} {
		if asset, err := w.courses.Asset(ctx, other, name); err != nil || asset.Hash != hash {
			t.Errorf("%s: %+v, %v", name, asset, err)
		}
	}
	// Nor does what checks the answers of a course, by a text that names it.
	for _, name := range []string{"unused.png", course.GraderLibrary} {
		if _, err := w.courses.Asset(ctx, other, name); !errors.Is(err, course.ErrNotFound) {
			t.Errorf("%s came along: %v", name, err)
		}
	}
	if _, err := w.authoring.Undo(ctx, ada, other, op.ID); err != nil {
		t.Fatal(err)
	}
	if content, err = w.authoring.Unit(ctx, other, unit); err != nil || len(content.Children) != 0 {
		t.Errorf("after undo: %+v, %v", content, err)
	}
}

func TestRerun(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx := t.Context()
	w.file(run, "a.png", "01")
	w.must(w.authoring.Set(ctx, ada, wire.Fields{"start": json.RawMessage(`"2026-01-01T09:00:00Z"`), "due": json.RawMessage(`"2026-02-01T09:00:00Z"`)}, at("sequential", "s1"), root))
	w.save(ada, at("html", "h1"), "data", five, fmt.Sprintf(`"see /courses/%s/jump_to_id/u2"`, run))
	policy := `{"GRADER":[]}`
	if _, err := w.authoring.PublishSettings(ctx, ada, run, authoring.Settings{Grading: &policy}); err != nil {
		t.Fatal(err)
	}
	next := run
	next.Run = "next"
	if err := w.authoring.Rerun(ctx, ben, run, next, 364*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	tree, err := w.authoring.Tree(ctx, next)
	if err != nil || tree.Blocks != 10 || tree.Changed != 10 || tree.Run.Grading != policy || tree.Course.Title != "COURSE" {
		t.Fatalf("%+v, %v", tree, err)
	}
	sub := tree.Course.Children[0].Children[0]
	if got := sub.Resolved.Due.Format(time.DateOnly); got != "2027-01-31" || string(tree.Course.Fields["start"]) != `"2026-12-31T09:00:00Z"` {
		t.Errorf("due %s, start %s", got, tree.Course.Fields["start"])
	}
	content, err := w.authoring.Unit(ctx, next, next.Usage("html", "h1"))
	if err != nil || !strings.Contains(string(content.Fields["data"]), next.String()+"/jump_to_id") {
		t.Errorf("the text: %s, %v", content.Fields["data"], err)
	}
	if _, err := w.courses.Asset(ctx, next, "a.png"); err != nil {
		t.Error(err)
	}
	if _, err := w.courses.Published(ctx, next); !errors.Is(err, course.ErrNotFound) {
		t.Errorf("something of it is published: %v", err)
	}
	var invalid *authoring.Invalid
	if err := w.authoring.Rerun(ctx, ben, run, next, 0); !errors.As(err, &invalid) || invalid.Code != authoring.CodeKey {
		t.Errorf("twice: %v", err)
	}
}

// A course that is being made, or that a call that died left without its content, is its maker's: nobody else goes on with it, or he
// would be let into what is copied there.
func TestNobodyElseGoesOnMakingACourse(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx := t.Context()
	next := run
	next.Run = "next"
	left := course.Run{Key: next.String(), Org: next.Org, Number: next.Number, Name: next.Run, Title: "COURSE", By: ben.ID}
	if err := store.Of[course.Run](w.store, course.RunSpec()).Insert(ctx, left.Key, left); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"made": w.authoring.Create(ctx, ada, next, "Mine"), "copied": w.authoring.Rerun(ctx, ada, run, next, 0),
	} {
		var invalid *authoring.Invalid
		if !errors.As(err, &invalid) || invalid.Code != authoring.CodeKey {
			t.Errorf("%s by somebody else: %v", what, err)
		}
	}
	if err := w.authoring.Rerun(ctx, ben, run, next, 0); err != nil {
		t.Errorf("its maker goes on: %v", err)
	}
}

func TestReturnTo(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx := t.Context()
	w.save(ada, at("html", "h1"), "data", five, `"new"`)
	w.must(w.authoring.Move(ctx, ada, at("vertical", "u2"), "", at("problem", "p1")))
	w.must(w.authoring.Remove(ctx, ada, at("problem", "p2")))
	w.publish(root)
	heads, _, err := w.authoring.Heads(ctx, run, "", 10)
	if err != nil || len(heads) != 2 || heads[1].Number != 1 {
		t.Fatalf("%+v, %v", heads, err)
	}
	op := w.must(w.authoring.ReturnTo(ctx, ben, run, 1))
	w.want("as it was first", published)
	if got := string(w.content("html", "h1").Fields["data"]); got != five {
		t.Errorf("the text: %s", got)
	}
	w.publish(root)
	if got := w.live(); got != published {
		t.Errorf("learners have %s", got)
	}
	w.undo(ben, op.ID)
	w.want("the return undone", "course[c1[s1[u1[h1]]] c2[s2[u2[p1]]]]")
	if _, err := w.authoring.ReturnTo(ctx, ben, run, 9); !errors.Is(err, authoring.ErrNotFound) {
		t.Errorf("to nothing: %v", err)
	}
}

func TestAffected(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx := t.Context()
	w.answered = map[key.Usage]int{at("problem", "p1"): 3, at("problem", "p2"): 5, at("html", "h1"): 0}
	want := func(what string, affected ...authoring.Affected) {
		t.Helper()
		got, err := w.authoring.Affected(ctx, run, key.Usage{})
		if err != nil || fmt.Sprint(got) != fmt.Sprint(affected) {
			t.Errorf("%s: %v, %v", what, got, err)
		}
	}
	w.save(ada, at("problem", "p1"), "data", `"<problem/>"`, `"<problem/>#words"`)
	w.save(ada, at("html", "h1"), "data", five, `"other"`)
	want("another text alone")
	w.save(ada, at("problem", "p1"), "data", `"<problem/>#words"`, `"<p/>"`)
	want("another answer", authoring.Affected{Usage: at("problem", "p1"), Title: "P1", Learners: 3, Why: authoring.WhyAnswers})
	w.save(ada, at("problem", "p1"), "data", `"<p/>"`, `"broken"`)
	w.must(w.authoring.Remove(ctx, ada, at("vertical", "u2")))
	want("broken and removed", authoring.Affected{Usage: at("problem", "p1"), Title: "P1", Learners: 3, Why: authoring.WhyBroken},
		authoring.Affected{Usage: at("problem", "p2"), Title: "P2", Learners: 5, Why: authoring.WhyRemoved})
}

func TestArchive(t *testing.T) {
	w := newWorld(t)
	w.sample()
	for _, archived := range []bool{true, false} {
		if err := w.authoring.Archive(t.Context(), ada, run, archived); err != nil {
			t.Fatal(err)
		}
		listed, err := w.courses.Catalogue(t.Context())
		if err != nil || (len(listed) == 0) != archived {
			t.Errorf("archived %v: %d in the catalogue, %v", archived, len(listed), err)
		}
		p, err := w.courses.Published(t.Context(), run)
		if err != nil || p.Run.Archived != archived {
			t.Errorf("its members have %+v, %v", p.Run, err)
		}
	}
	if err := w.authoring.Archive(t.Context(), ada, other, true); !errors.Is(err, authoring.ErrNotFound) {
		t.Errorf("no course: %v", err)
	}
}
