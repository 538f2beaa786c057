package kernel_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/store/faultstore"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// recording keeps events by id.
type recording struct {
	mu     sync.Mutex
	events map[string]string
}

func (r *recording) Append(_ context.Context, events ...wire.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range events {
		if strings.HasPrefix(e.Name, "edx.grades.") || strings.HasPrefix(e.Name, "openassessmentblock.") { // what the acts write, not the verdicts before them
			r.events[e.ID] = e.Name
		}
	}
	return nil
}

// acts is what TestHammerFaultsOfActs does at every step of.
var acts = []struct {
	name string
	act  func(w *world, submission string) kernel.Act
	want string
}{
	{"reset", func(*world, string) kernel.Act { return kernel.Act{Kind: kernel.ActReset} }, `score 1/1, grade 1, tries 0+0, draft "yes", done 1`},
	{"grant", func(*world, string) kernel.Act { return kernel.Act{Kind: kernel.ActGrant, Tries: 2} }, `score 1/1, grade 1, tries 1+2, draft "yes", done 1`},
	{"delete", func(*world, string) kernel.Act { return kernel.Act{Kind: kernel.ActDelete, Reason: "r"} }, `score none, grade 0, tries 0+0, draft , done 0`},
	{"override", func(*world, string) kernel.Act {
		return kernel.Act{Kind: kernel.ActOverride, Earned: 0.25, Reason: "r"}
	}, `score 0.25/1, grade 0.25, tries 1+0, draft "yes", done 1`},
	{"rescore", func(_ *world, submission string) kernel.Act {
		return kernel.Act{Kind: kernel.ActRescore, Submission: submission, Reason: "r"}
	}, `score 0/1, grade 0, tries 1+0, draft "yes", done 1`},
	{"mark", func(_ *world, submission string) kernel.Act {
		return kernel.Act{Kind: kernel.ActMark, Submission: submission, Mark: &wire.Mark{Points: 0.5, Comment: "half of it"}}
	}, `score 0.5/1, grade 0.5, tries 1+0, draft "later", done 1`},
	{"undo of delete", func(w *world, _ string) kernel.Act {
		return kernel.Act{Kind: kernel.ActUndo, Undoes: w.mustAct("ann", w.block("quiz", "q"), kernel.Act{ID: "d", Kind: kernel.ActDelete, Reason: "r"})}
	}, `score 1/1, grade 1, tries 1+0, draft "yes", done 1`},
}

// TestHammerFaultsOfActs acts once for each way in which the store can fail, or the process die, at one of the operations from
// the request to the grade. Then the process starts again, the browser repeats its POST, and the sweeper runs.
func TestHammerFaultsOfActs(t *testing.T) {
	for _, c := range acts {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			arrange := func(t *testing.T, plan faultstore.Plan) (*world, *faultstore.Store, *recording, kernel.Act) {
				s := faultstore.New(openStore(t), plan)
				w := newWorld(t, s, map[string]sdk.Block{"quiz": quizBlock()})
				heard := &recording{events: map[string]string{}}
				w.tune = func(c *kernel.Config) { c.Events = heard }
				w.reopen()
				w.publish(place{"quiz", "q", map[string]any{"word": "yes", "max_attempts": 1}})
				word := "yes"
				if c.name == "mark" {
					word = "later" // somebody has to grade it
				}
				submission := w.answered("ann", w.block("quiz", "q"), word)[0]
				w.publish(place{"quiz", "q", map[string]any{"word": "other", "max_attempts": 1}})
				a := c.act(w, submission)
				a.ID = "r1"
				w.kernel.Wait()
				return w, s, heard, a
			}
			do := func(w *world, a kernel.Act) error {
				published, block := w.published(), w.block("quiz", "q")
				_, err := w.kernel.Act(t.Context(), w.staff(), w.learner("ann"), published, block, a)
				w.kernel.Wait()
				w.tryWork(t.Context())
				w.kernel.Wait()
				return err
			}
			w, s, _, a := arrange(t, faultstore.Plan{})
			w.published() // what the course needs is read before
			w.block("quiz", "q")
			before := len(s.Passed())
			if err := do(w, a); err != nil {
				t.Fatal(err)
			}
			points := s.Passed()[before:]
			plans := append(append(faultstore.Crashes(points), faultstore.Faults(points)...), faultstore.Conflicts(points)...)
			for _, plan := range plans {
				t.Run(plan.Name, func(t *testing.T) {
					w, s, heard, a := arrange(t, plan)
					w.published()
					w.block("quiz", "q")
					err := do(w, a)
					if s.Struck() != 1 {
						t.Fatalf("the plan struck %d times", s.Struck())
					}
					if s.Crashed() {
						s.Revive()
						w.queue.take()
						w.reopen()
					}
					if err != nil {
						if err := do(w, a); err != nil {
							t.Fatalf("the repeated request: %v", err)
						}
					}
					w.recover()
					if err := do(w, a); err != nil {
						t.Fatal(err)
					}
					block := w.block("quiz", "q")
					w.standing("ann", block, c.want)
					same := 0
					for _, line := range w.trail("ann", block) {
						if line.Body.Kind == a.Kind {
							same++
						}
					}
					if same != 1 {
						t.Errorf("%d lines in the trail", same)
					}
					if n := len(heard.events); n != 1+strings.Count(c.name, "undo") {
						t.Errorf("%d events: %v", n, heard.events)
					}
				})
			}
			t.Logf("%d operations, %d ways to fail", len(points), len(plans))
		})
	}
}

// TestHammerActsAtOnce lets staff act and the learner answer at the same time: every act counts once, none is lost.
func TestHammerActsAtOnce(t *testing.T) {
	w, block := quizWorld(t, nil)
	published := w.published()
	var group sync.WaitGroup
	for n := range 6 {
		for range 2 { // each is sent twice
			group.Go(func() {
				_, err := w.kernel.Act(t.Context(), w.staff(), w.learner("ann"), published, block, kernel.Act{ID: fmt.Sprint(n), Kind: kernel.ActGrant, Tries: 1})
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
	group.Go(func() {
		for n := range 4 {
			sitting := w.sittingOf(t.Context(), published, w.learner("ann"), block)
			if _, err := w.sendTo(published, w.learner("ann"), block, sitting, "save", fmt.Sprint("s", n), map[string]string{"word": "w"}); err != nil {
				t.Error(err)
			}
		}
	})
	group.Wait()
	w.kernel.Wait()
	w.recover()
	if trail := w.trail("ann", block); len(trail) != 6 {
		t.Errorf("%d lines in the trail", len(trail))
	}
	w.standing("ann", block, `score none, grade 0, tries 0+6, draft "w", done 0`)
}
