package scoring_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/store/faultstore"
)

// TestHammerFaultsOfDelivery hands in once for each way in which the store can fail, or the process die, at one of the
// operations between Accept and the grade, and then lets the sweeper go on.
func TestHammerFaultsOfDelivery(t *testing.T) {
	scenario := func(w *world) error {
		id, body := w.submission(ann, "p", 1, scored(1, 1))
		err := w.scorer.Accept(t.Context(), id, body)
		_, _ = w.queue.Run(t.Context()) // what fails is what the sweeper is for
		return err
	}
	counting := faultstore.New(openStore(t), faultstore.Plan{})
	w := newWorld(t, counting, one())
	before := len(counting.Passed())
	if err := scenario(w); err != nil {
		t.Fatal(err)
	}
	points := counting.Passed()[before:]
	plans := append(append(faultstore.Crashes(points), faultstore.Faults(points)...), faultstore.Conflicts(points)...)
	for _, plan := range plans {
		t.Run(plan.Name, func(t *testing.T) {
			faulty := faultstore.New(openStore(t), plan)
			w := newWorld(t, faulty, one())
			err := scenario(w)
			if faulty.Struck() != 1 {
				t.Fatalf("the plan struck %d times", faulty.Struck())
			}
			faulty.Revive()
			w.restart(faulty)
			if err != nil { // it was not acknowledged: the outbox does the step again
				if err := scenario(w); err != nil {
					t.Fatal(err)
				}
			}
			for range 3 {
				w.pass(9 * time.Second)
				w.sweep()
			}
			id := fmt.Sprintf("%s-p-1", ann)
			if d := w.delivery(id); d.State != scoring.StateDone || d.Verdicts != 1 || d.Due != nil {
				t.Errorf("delivery %+v", d)
			}
			if n := w.verdicts(id); n != 1 {
				t.Errorf("%d verdicts, want 1", n)
			}
			if score := w.score(ann, "p"); score == nil || score.Earned != 1 || len(score.Entries) != 1 {
				t.Errorf("score %+v", score)
			}
			if grade := w.grade(ann); grade.Subsections["hw"].Earned != 1 {
				t.Errorf("grade %+v", grade)
			}
		})
	}
	t.Logf("%d operations, %d ways to fail", len(points), len(plans))
}

// TestHammerWorkersShareSubmissions lets many workers take the same jobs: every submission gets one verdict, and the grades
// miss none.
func TestHammerWorkersShareSubmissions(t *testing.T) {
	const learners, problems, workers = 6, 4, 8
	hw := subsection{id: "hw", format: "Homework"}
	for i := range problems {
		hw.problems = append(hw.problems, problem{id: fmt.Sprint("p", i), facts: points(1)})
	}
	w := newWorld(t, openStore(t), hw)
	var ids []string
	for l := range learners {
		for p := range problems {
			ids = append(ids, w.submit(fmt.Sprint("l", l), fmt.Sprint("p", p), 1, scored(1, 1)))
		}
	}
	var group sync.WaitGroup
	for n := range workers {
		group.Go(func() {
			mine := append([]string(nil), ids...)
			rand.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
			for _, id := range mine {
				if err := w.scorer.Deliver(t.Context(), id, fmt.Sprint("worker", n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	for _, id := range ids {
		if d := w.delivery(id); d.State != scoring.StateDone || d.Verdicts != 1 || w.verdicts(id) != 1 || w.grader.times(id) != 1 {
			t.Errorf("%s: %+v, %d verdicts, graded %d times", id, d, w.verdicts(id), w.grader.times(id))
		}
	}
	for l := range learners {
		if got := w.grade(fmt.Sprint("l", l)).Subsections["hw"].Earned; got != problems {
			t.Errorf("learner %d has %v of %d points", l, got, problems)
		}
	}
}
