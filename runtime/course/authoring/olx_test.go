package authoring_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
)

func (w *world) content(kind, id string) *authoring.Content {
	w.t.Helper()
	content, err := w.authoring.Unit(w.t.Context(), run, at(kind, id))
	if err != nil {
		w.t.Fatal(err)
	}
	return content
}

func TestSaveOLX(t *testing.T) {
	w := newWorld(t)
	w.sample()
	p1 := at("problem", "p1")
	saw := w.content("problem", "p1")
	saved, findings, err := w.authoring.SaveOLX(t.Context(), ada, p1, saw.Hash, `<problem display_name="Typed" max_attempts="3" strange="yes"><p>new</p></problem>`)
	if err != nil || len(findings) != 0 {
		t.Fatal(findings, err)
	}
	now := w.content("problem", "p1")
	if data := string(saved.Fields["data"]); !strings.Contains(data, "new") || string(saved.Fields["max_attempts"]) != `3` || now.Title != "Typed" || now.Extra["strange"] != "yes" {
		t.Errorf("saved %v, extra %v, title %q", saved.Fields, now.Extra, now.Title)
	}
	// Ben started from the same text and changed the title; the rest is merged.
	saved, _, err = w.authoring.SaveOLX(t.Context(), ben, p1, now.Hash, strings.Replace(olxOf(now), "Typed", "Ben's", 1))
	if err != nil || len(saved.Conflicts) != 0 {
		t.Fatal(saved.Conflicts, err)
	}
	saved, _, err = w.authoring.SaveOLX(t.Context(), ada, p1, now.Hash, strings.Replace(olxOf(now), "Typed", "Ada's", 1))
	if err != nil || len(saved.Conflicts) == 0 || string(saved.Fields["display_name"]) != `"Ben's"` {
		t.Errorf("two titles: %+v, %v", saved, err)
	}
	w.undo(ben, w.lastOf(authoring.KindOLX))
	if got := w.content("problem", "p1").Title; got != "Typed" {
		t.Errorf("after undo: %q", got)
	}
}

func olxOf(c *authoring.Content) string {
	return `<problem display_name="` + c.Title + `" max_attempts="3" strange="yes"><p>new</p></problem>`
}

func (w *world) lastOf(kind string) string {
	for _, e := range w.history(20) {
		if e.Kind == kind {
			return e.Op
		}
	}
	w.t.Fatalf("no %s in the history", kind)
	return ""
}

func TestOLXThatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	w.sample()
	saw := w.content("problem", "p1")
	for name, c := range map[string]struct {
		xml  string
		line int
	}{
		"broken":        {"<problem>\n<p>\n</problem>", 3},
		"two elements":  {"<problem/>\n<problem/>", 0},
		"another type":  {"<html/>", 0},
		"nothing":       {"", 0},
		"out of itself": {"</vertical></sequential></chapter></course>", 2},
	} {
		_, _, err := w.authoring.SaveOLX(t.Context(), ada, at("problem", "p1"), saw.Hash, c.xml)
		var invalid *authoring.Invalid
		if !errors.As(err, &invalid) || invalid.Code != authoring.CodeXML || invalid.Line != c.line {
			t.Errorf("%s: %v, line %#v", name, err, invalid)
		}
	}
	if w.tree().Changed != 0 {
		t.Error("something was changed")
	}
}
