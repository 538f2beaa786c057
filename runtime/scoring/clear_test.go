package scoring_test

import (
	"context"
	"testing"

	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
)

func (w *world) clear(c scoring.Clearing) {
	w.t.Helper()
	c.Learner, c.Usage = ann, w.run.Usage("problem", "p")
	if err := w.scorer.Clear(w.t.Context(), c); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) completion(learner, subsection, problem string) float64 {
	w.t.Helper()
	doc, err := store.Of[state.Completion](w.store, state.CompletionSpec()).Get(w.t.Context(),
		state.CompletionID(learner, w.run.String(), w.run.Usage("sequential", subsection).String()))
	if err != nil {
		w.t.Fatal(err)
	}
	return doc.Body.Blocks[w.run.Usage("problem", problem).String()]
}

// counts says what counts for Ann: points, -1 for none, and how many verdicts stand.
func (w *world) counts() (points float64, standing int) {
	w.t.Helper()
	score := w.score(ann, "p")
	if p, ok := score.Points(); ok {
		return p.Earned, len(score.Entries)
	}
	return -1, len(score.Entries)
}

// What a process does late, after others have gone on, changes nothing: neither a clearing, nor points given by hand.
func TestClearingsComeInOrder(t *testing.T) {
	w := newWorld(t, openStore(t), one())
	usage := w.run.Usage("problem", "p")
	w.submit(ann, "p", 1, scored(1, 1))
	w.work()
	want := func(when string, points float64, standing int, done float64) {
		t.Helper()
		if p, n := w.counts(); p != points || n != standing || w.completion(ann, "hw", "p") != done {
			t.Errorf("%s: %g points of %d verdicts, done %g; want %g of %d, %g", when, p, n, w.completion(ann, "hw", "p"), points, standing, done)
		}
	}
	want("at first", 1, 1, 1)
	taken, back := scoring.Clearing{Upto: 1, Order: 1, Stamp: "1"}, scoring.Clearing{Upto: 0, Back: true, Order: 2, Stamp: "2"}
	w.clear(taken)
	want("taken", -1, 0, 0)
	if grade := w.grade(ann).Subsections["hw"]; grade.Earned != 0 || grade.Attempted {
		t.Errorf("the grade after taking: %+v", grade)
	}
	w.clear(taken)
	want("taken twice", -1, 0, 0)
	w.clear(back)
	w.clear(taken)
	want("given back, and taken by somebody late", 1, 1, 1)

	// A verdict that comes after its submission was cleared is set aside, and is there when it is given back.
	late := w.submit(ann, "p", 2, scored(0.5, 1))
	w.clear(scoring.Clearing{Upto: 2, Order: 3, Stamp: "3"})
	w.work()
	want("a late verdict", -1, 0, 0)
	if n := w.verdicts(late); n != 1 {
		t.Errorf("%d verdicts of the late one", n)
	}
	w.clear(scoring.Clearing{Upto: 0, Back: true, Order: 4, Stamp: "4"})
	want("given back with the late one", 0.5, 2, 1)

	mark := func(o *scoring.Override, stamp string) {
		t.Helper()
		if o != nil {
			o.Stamp = stamp
		}
		if err := w.scorer.Mark(t.Context(), ann, usage, o, stamp); err != nil {
			t.Fatal(err)
		}
	}
	mark(&scoring.Override{Earned: 0.25, Possible: 1}, "5")
	want("by hand", 0.25, 2, 1)
	mark(nil, "6")
	mark(&scoring.Override{Earned: 0.25, Possible: 1}, "5")
	want("taken away, and given by somebody late", 0.5, 2, 1)
	mark(&scoring.Override{Earned: 0.75, Possible: 1}, "7")
	w.clear(scoring.Clearing{Upto: 2, Order: 8, Stamp: "8"})
	want("cleared with what was given by hand", -1, 0, 0)
	w.clear(scoring.Clearing{Upto: 0, Back: true, Order: 9, Stamp: "9"})
	want("all of it back", 0.75, 2, 1)
}

// An ask that comes late is left out, and one that comes while a worker grades is answered after that.
func TestAsksComeInOrder(t *testing.T) {
	w := newWorld(t, openStore(t), one())
	id := w.submit(ann, "p", 1, scored(1, 1))
	w.work()
	ask := func(a scoring.Ask) {
		t.Helper()
		if err := w.scorer.Ask(t.Context(), id, a); err != nil {
			t.Fatal(err)
		}
	}
	ask(scoring.Ask{Order: 2, Content: "new", Only: scoring.OnlyScored})
	w.work()
	ask(scoring.Ask{Order: 1, Content: "old"})
	ask(scoring.Ask{Order: 2, Content: "new", Only: scoring.OnlyScored})
	w.work()
	if n, d := w.verdicts(id), w.delivery(id); n != 2 || d.State != scoring.StateDone || d.Ask.Content != "new" {
		t.Errorf("%d verdicts, %+v", n, d)
	}
	next := int64(3)
	w.grader.whenGrading(func(ctx context.Context, id string) error {
		if next++; next > 5 { // once: while the answer to the ask below is made, the next one comes
			return nil
		}
		return w.scorer.Ask(ctx, id, scoring.Ask{Order: next, Only: scoring.OnlyScored})
	})
	ask(scoring.Ask{Order: 3, Only: scoring.OnlyScored})
	w.work()
	if n, d := w.verdicts(id), w.delivery(id); n != 5 || d.State != scoring.StateDone || d.Answered != 5 {
		t.Errorf("%d verdicts, want 5, %+v", n, d)
	}
	if points, _ := w.counts(); points != 1 {
		t.Errorf("%g points", points)
	}
}
