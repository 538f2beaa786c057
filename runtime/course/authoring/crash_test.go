package authoring_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/authoring"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/faultstore"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// operations are those that change several documents, with what the course looks like after them.
var operations = map[string]struct {
	do   func(w *world) error
	want string
}{
	"move": {func(w *world) error {
		_, err := w.authoring.Move(w.t.Context(), ada, at("vertical", "u2"), "", at("problem", "p1"))
		return err
	}, "course[c1[s1[u1[h1]]] c2[s2[u2[p1 p2]]]]"},
	"remove": {func(w *world) error {
		_, err := w.authoring.Remove(w.t.Context(), ada, at("chapter", "c2"), at("html", "h1"))
		return err
	}, "course[c1[s1[u1[p1]]]]"},
	"set": {func(w *world) error {
		_, err := w.authoring.Set(w.t.Context(), ada, wire.Fields{"format": json.RawMessage(`"Homework"`)}, at("sequential", "s1"), at("sequential", "s2"))
		return err
	}, published},
}

// A process that dies between any two steps leaves the course as it was or as the operation makes it, never in between: the
// next one finishes what was begun.
func TestCrashBetweenAnyTwoSteps(t *testing.T) {
	for name, operation := range operations {
		t.Run(name, func(t *testing.T) {
			first := newWorld(t)
			first.sample()
			s := faultstore.New(first.store, faultstore.Plan{})
			first.open(s)
			if err := operation.do(first); err != nil {
				t.Fatal(err)
			}
			points := writes(s)
			for _, plan := range slices.Concat(faultstore.Crashes(points), faultstore.Conflicts(points)) {
				crash(t, plan, operation.do, operation.want)
			}
		})
	}
}

// writes are the operations at which a crash leaves something else than at the one before.
func writes(s *faultstore.Store) []faultstore.Point {
	return slices.DeleteFunc(s.Passed(), func(p faultstore.Point) bool { return !slices.Contains(faultstore.Writes(), p.Op) })
}

func crash(t *testing.T, plan faultstore.Plan, do func(w *world) error, want string) {
	t.Helper()
	w := newWorld(t)
	w.sample()
	s := faultstore.New(w.store, plan)
	w.open(s)
	failed := do(w)
	if failed != nil && !errors.Is(failed, store.ErrUnavailable) {
		t.Errorf("%v: %v", plan, failed)
	}
	s.Revive()
	w.open(s)
	if err := w.authoring.Finish(t.Context(), run); err != nil {
		t.Fatal(err)
	}
	got := w.outline()
	begun := len(w.history(10)) > 0
	if begun && got != want || !begun && got != published || !begun && failed == nil {
		t.Errorf("%v: %s, begun %v, %v", plan, got, begun, failed)
	}
	if begun {
		w.undo(ada, w.history(1)[0].Op)
		if got := w.outline(); got != published || w.tree().Changed != 0 {
			t.Errorf("%v: after undo %s, %d blocks changed", plan, got, w.tree().Changed)
		}
	}
}

// A save is acknowledged or it is not, and what it wrote is in the history from the next change on.
func TestCrashInASave(t *testing.T) {
	save := func(w *world, who authoring.Author, base, value string) error {
		_, err := w.authoring.Save(w.t.Context(), who, at("html", "h1"), map[string]authoring.FieldEdit{
			"data": {Base: json.RawMessage(base), Value: json.RawMessage(value)},
		})
		return err
	}
	first := newWorld(t)
	first.sample()
	s := faultstore.New(first.store, faultstore.Plan{})
	first.open(s)
	if err := save(first, ada, five, `"new"`); err != nil {
		t.Fatal(err)
	}
	for _, plan := range faultstore.Crashes(writes(s)) {
		w := newWorld(t)
		w.sample()
		s := faultstore.New(w.store, plan)
		w.open(s)
		failed := save(w, ada, five, `"new"`)
		s.Revive()
		w.open(s)
		content, err := w.authoring.Unit(t.Context(), run, at("html", "h1"))
		if err != nil {
			t.Fatal(err)
		}
		stored := string(content.Fields["data"])
		if failed == nil && stored != `"new"` {
			t.Errorf("%v: acknowledged and lost", plan)
		}
		if err := save(w, ben, stored, `"ben's"`); err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, e := range w.history(10) {
			told = append(told, fmt.Sprint(e.By, " ", e.Kind))
		}
		want := []string{"ben save"}
		if stored == `"new"` {
			want = append(want, "ada save")
		}
		if !slices.Equal(told, want) {
			t.Errorf("%v: history %v, want %v", plan, told, want)
		}
	}
}

// What a crash left half done is finished in the background, once, also of a course that nobody opens; what is under way is left alone.
func TestSweep(t *testing.T) {
	first := newWorld(t)
	first.sample()
	counting := faultstore.New(first.store, faultstore.Plan{})
	first.open(counting)
	if err := operations["move"].do(first); err != nil {
		t.Fatal(err)
	}
	finished := 0
	for _, plan := range faultstore.Crashes(writes(counting)) {
		w := newWorld(t)
		w.sample()
		s := faultstore.New(w.store, plan)
		w.open(s)
		_ = operations["move"].do(w) // which the crash ends
		s.Revive()
		w.open(s)
		if n, err := w.authoring.Sweep(t.Context()); n != 0 || err != nil {
			t.Errorf("%v: %d of what may be under way, %v", plan, n, err)
		}
		w.wait(time.Minute)
		n, err := w.authoring.Sweep(t.Context())
		if err != nil || n > 1 {
			t.Errorf("%v: %d, %v", plan, n, err)
		}
		drafts := w.drafts()
		if finished += n; n == 1 && drafts != 2 {
			t.Errorf("%v: %d drafts after the sweep", plan, drafts)
		}
		if n, err := w.authoring.Sweep(t.Context()); n != 0 || err != nil {
			t.Errorf("%v: %d a second time, %v", plan, n, err)
		}
	}
	if finished < 2 {
		t.Errorf("%d crashes left something half done", finished)
	}
}
