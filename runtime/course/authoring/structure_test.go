package authoring_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

const published = "course[c1[s1[u1[h1 p1]]] c2[s2[u2[p2]]]]"

func (w *world) want(what, shape string) {
	w.t.Helper()
	if got := w.outline(); got != shape {
		w.t.Errorf("%s: %s, want %s", what, got, shape)
	}
}

func TestStructure(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx := t.Context()
	w.want("as published", published)
	u1, u2 := at("vertical", "u1"), at("vertical", "u2")

	added, op, err := w.authoring.Add(ctx, ada, u1, "h1", authoring.NewBlock{Type: "html", Title: "New", Fields: wire.Fields{"data": json.RawMessage(`"x"`)}})
	w.must(op, err)
	w.want("added", strings.Replace(published, "h1 p1", "h1 "+added.ID+" p1", 1))
	w.undo(ada, op.ID)
	w.want("adding undone", published)
	w.undo(ada, w.history(1)[0].Op)
	w.want("adding done again", strings.Replace(published, "h1 p1", "h1 "+added.ID+" p1", 1))

	moved := w.must(w.authoring.Move(ctx, ada, u2, "", at("problem", "p1"), added))
	w.want("moved", "course[c1[s1[u1[h1]]] c2[s2[u2[p1 "+added.ID+" p2]]]]")
	w.undo(ben, moved.ID)
	w.want("moving undone", strings.Replace(published, "h1 p1", "h1 "+added.ID+" p1", 1))
	w.must(w.authoring.Move(ctx, ada, u1, authoring.Last, at("html", "h1")))
	w.want("moved inside", strings.Replace(published, "h1 p1", added.ID+" p1 h1", 1))

	removed := w.must(w.authoring.Remove(ctx, ada, at("chapter", "c2"), at("html", "h1")))
	w.want("removed", "course[c1[s1[u1["+added.ID+" p1]]]]")
	w.undo(ada, removed.ID)
	w.want("removing undone", "course[c1[s1[u1["+added.ID+" p1 h1]]] c2[s2[u2[p2]]]]")

	made, op, err := w.authoring.Duplicate(ctx, ada, nil, at("sequential", "s1"))
	w.must(op, err)
	tree := w.tree()
	if sections := tree.Course.Children[0].Children; len(sections) != 2 || len(made) != 1 || sections[1].Usage != made[0] || sections[1].Blocks != 4 || sections[1].State != authoring.StateNew {
		t.Errorf("duplicated: %+v", sections)
	}
	w.undo(ada, op.ID)

	set := w.must(w.authoring.Set(ctx, ada, wire.Fields{"due": json.RawMessage(`"2026-03-01T00:00:00Z"`)}, at("sequential", "s1"), at("sequential", "s2")))
	tree = w.tree()
	for _, section := range tree.Course.Children {
		if due := section.Children[0].Resolved.Due; due == nil || section.Children[0].State != authoring.StateChanged {
			t.Errorf("%s: due %v", section.Usage.ID, due)
		}
	}
	w.undo(ada, set.ID)
	if due := w.tree().Course.Children[1].Children[0].Resolved.Due; due != nil {
		t.Errorf("due after undo: %v", due)
	}
	w.must(w.authoring.Discard(ctx, ada, root))
	w.want("all discarded", published)
	if tree := w.tree(); tree.Changed != 0 {
		t.Errorf("%d blocks still changed", tree.Changed)
	}
	w.undo(ada, w.history(1)[0].Op)
	w.want("discarding undone", strings.Replace(published, "h1 p1", added.ID+" p1 h1", 1))
}

func (w *world) history(limit int) []authoring.Entry {
	w.t.Helper()
	entries, _, err := w.authoring.History(w.t.Context(), run, key.Usage{}, "", limit)
	if err != nil {
		w.t.Fatal(err)
	}
	return entries
}

func TestWhatMayStandWhere(t *testing.T) {
	w := newWorld(t)
	w.sample()
	ctx := t.Context()
	tries := map[string]func() error{
		"a text in a section": func() error {
			_, _, err := w.authoring.Add(ctx, ada, at("chapter", "c1"), "", authoring.NewBlock{Type: "html"})
			return err
		},
		"a section in a unit": func() error {
			_, err := w.authoring.Move(ctx, ada, at("vertical", "u1"), "", at("chapter", "c2"))
			return err
		},
		"a course in a course": func() error { _, err := w.authoring.Move(ctx, ada, root, "", root); return err },
		"the course removed":   func() error { _, err := w.authoring.Remove(ctx, ada, root); return err },
	}
	for name, try := range tries {
		var invalid *authoring.Invalid
		if err := try(); !errors.As(err, &invalid) || invalid.Code != authoring.CodePlace {
			t.Errorf("%s: %v", name, err)
		}
	}
	var invalid *authoring.Invalid
	if _, _, err := w.authoring.Add(ctx, ada, at("vertical", "u1"), "", authoring.NewBlock{Type: "nowhere"}); !errors.As(err, &invalid) || invalid.Code != authoring.CodeType {
		t.Errorf("a type that is not installed: %v", err)
	}
	other := run
	other.Run = "other"
	if _, err := w.authoring.Move(ctx, ada, at("vertical", "u1"), "", other.Usage("html", "h1")); !errors.Is(err, authoring.ErrNotFound) {
		t.Errorf("another course's block: %v", err)
	}
	w.want("nothing of it was done", published)
}

// Undoing leaves what others have changed since, and says so.
func TestUndoAfterOthersEdits(t *testing.T) {
	w := newWorld(t)
	w.sample()
	h1 := at("html", "h1")
	mine := w.save(ada, h1, "data", five, `"ONE\ntwo\nthree\nfour\nfive\n"`)
	w.save(ada, h1, "display_name", `"H1"`, `"Mine"`)
	w.save(ben, h1, "display_name", `"Mine"`, `"Ben's"`)
	w.save(ben, h1, "data", `"ONE\ntwo\nthree\nfour\nfive\n"`, `"ONE\ntwo\nthree\nfour\nFIVE\n"`)
	undone := w.undo(ada, mine.Op)
	content, err := w.authoring.Unit(t.Context(), run, h1)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(content.Fields["data"]); got != `"one\ntwo\nthree\nfour\nFIVE\n"` {
		t.Errorf("the text: %s", got)
	}
	if content.Title != "Ben's" {
		t.Errorf("the title is %q", content.Title)
	}
	if len(undone.Left) != 1 || undone.Left[0].Field != "display_name" {
		t.Errorf("left %+v", undone.Left)
	}
	var invalid *authoring.Invalid
	if _, err := w.authoring.Undo(t.Context(), ada, run, mine.Op); !errors.As(err, &invalid) || invalid.Code != authoring.CodeUndo {
		t.Errorf("undone twice: %v", err)
	}
	w.undo(ada, undone.Op.ID)
	if content, err = w.authoring.Unit(t.Context(), run, h1); err != nil || string(content.Fields["data"]) != `"ONE\ntwo\nthree\nfour\nFIVE\n"` {
		t.Errorf("done again: %s, %v", content.Fields["data"], err)
	}
}

func TestCreate(t *testing.T) {
	w := newWorld(t)
	if err := w.authoring.Create(t.Context(), ada, run, "A course"); err != nil {
		t.Fatal(err)
	}
	tree := w.tree()
	unit := tree.Course
	for range 3 {
		if len(unit.Children) != 1 {
			t.Fatalf("%s holds %d", unit.Usage, len(unit.Children))
		}
		unit = unit.Children[0]
	}
	if tree.Course.Title != "A course" || unit.Usage.Type != "vertical" || unit.State != authoring.StateNew || tree.Blocks != 4 {
		t.Errorf("%+v", tree)
	}
	var invalid *authoring.Invalid
	if err := w.authoring.Create(t.Context(), ben, run, "Another"); !errors.As(err, &invalid) || invalid.Code != authoring.CodeKey {
		t.Errorf("twice: %v", err)
	}
	for _, part := range []key.Course{
		{Org: strings.ToLower(run.Org), Number: run.Number, Run: run.Run},
		{Org: run.Org, Number: run.Number, Run: strings.ToUpper(run.Run)},
		{Org: strings.ReplaceAll(run.Org, "e", "е"), Number: run.Number, Run: run.Run}, // a Cyrillic one
	} {
		if part == run {
			t.Fatalf("%s tries nothing", part)
		}
		if err := w.authoring.Create(t.Context(), ben, part, "A course"); !errors.As(err, &invalid) || invalid.Code != authoring.CodeAlike {
			t.Errorf("%s beside %s: %v", part, run, err)
		}
		if _, err := w.courses.Run(t.Context(), part); !errors.Is(err, course.ErrNotFound) {
			t.Errorf("%s is there: %v", part, err)
		}
	}
	before := tree.Version
	if _, _, err := w.authoring.Add(t.Context(), ada, unit.Usage, "", authoring.NewBlock{Type: "html"}); err != nil {
		t.Fatal(err)
	}
	if w.tree().Version == before {
		t.Error("the version stayed")
	}
}
