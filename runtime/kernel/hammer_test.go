package kernel_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/access"
	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/faultstore"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// request is one POST that a browser sends, and sends again when the answer got lost.
type request struct {
	person  *access.Person
	block   *course.Block
	sitting string
	handler string
	id      string
	form    map[string]string
}

func (w *world) deliver(r request) (*kernel.Response, error) {
	return w.send(r.person, r.block, r.sitting, r.handler, r.id, r.form)
}

// tryWork is work whose failures are left to the sweeper.
func (w *world) tryWork(ctx context.Context) {
	for jobs := w.queue.take(); len(jobs) > 0; jobs = w.queue.take() {
		for _, job := range jobs {
			switch job.Kind {
			case scoring.JobKind:
				_ = w.kernel.Scorer().Deliver(ctx, job.Ref, "worker")
			case kernel.TaskJob:
				_ = w.kernel.RunTask(ctx, job.Ref)
			}
		}
	}
}

// recover is what follows a crash or a fault: the sweeper, until nothing is left.
func (w *world) recover() {
	w.t.Helper()
	// A grading's lease is 8 seconds, a task's a minute.
	for _, pause := range []time.Duration{9 * time.Second, 9 * time.Second, 61 * time.Second, 9 * time.Second} {
		w.pass(pause)
		if _, err := w.kernel.Sweep(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
		w.tryWork(w.t.Context())
	}
	w.kernel.Wait()
}

// verdicts counts the verdicts of a submission that the store holds.
func (w *world) verdicts(submission string) int {
	w.t.Helper()
	n, err := store.Of[scoring.Judgement](w.store, store.Spec{Name: "verdicts"}).Count(w.t.Context(), store.Query{Prefix: store.ID(submission)}, 10)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// commits is what TestHammerFaultsAtEveryStep does at every step of: one POST, and what must be true once it came through.
var commits = []struct {
	name  string
	post  func(w *world) request
	check func(t *testing.T, w *world, r request, response *kernel.Response)
}{
	{
		"submit",
		func(w *world) request {
			ann, block := w.learner("ann"), w.block("quiz", "q")
			return request{ann, block, w.show(ann, block).Sitting, "submit", "r1", map[string]string{"word": "yes"}}
		},
		func(t *testing.T, w *world, r request, response *kernel.Response) {
			if n := w.verdicts(response.Submission); n != 1 {
				t.Errorf("%d verdicts, want 1", n)
			}
			if score := w.score("ann", r.block); score == nil || *score != 1 {
				t.Errorf("score %v, want 1", score)
			}
			if html := w.show(r.person, r.block).HTML; !strings.Contains(html, "tries=1") || !strings.Contains(html, "draft=yes") {
				t.Errorf("the learner sees %s", html)
			}
		},
	},
	{
		"submit that gives its try back",
		func(w *world) request {
			ann, block := w.learner("ann"), w.block("quiz", "q")
			return request{ann, block, w.show(ann, block).Sitting, "submit", "r1", map[string]string{"word": ""}}
		},
		func(t *testing.T, w *world, r request, response *kernel.Response) {
			if n := w.verdicts(response.Submission); n != 1 {
				t.Errorf("%d verdicts, want 1", n)
			}
			if html := w.show(r.person, r.block).HTML; !strings.Contains(html, "tries=0") || !strings.Contains(html, "type a word") {
				t.Errorf("the learner sees %s", html)
			}
		},
	},
	{
		"shared count",
		func(w *world) request {
			return request{w.learner("ann"), w.block("quiz", "q"), "", "like", "r1", nil}
		},
		func(t *testing.T, w *world, r request, _ *kernel.Response) {
			if html := w.show(r.person, r.block).HTML; !strings.Contains(html, "liked=1 ") {
				t.Errorf("the learner sees %s", html)
			}
		},
	},
	{
		"document of the block",
		func(w *world) request {
			ann, block := w.learner("ann"), w.block("seats", "s")
			if _, err := w.post(ann, block, "open", "r0", nil); err != nil {
				w.t.Fatal(err)
			}
			return request{ann, block, "", "book", "r1", nil}
		},
		func(t *testing.T, w *world, r request, _ *kernel.Response) {
			if html := w.show(r.person, r.block).HTML; !strings.Contains(html, "true 9 yes") {
				t.Errorf("the learner sees %s", html)
			}
		},
	},
	{
		"task that changes a document",
		func(w *world) request {
			ann, block := w.learner("ann"), w.block("seats", "s")
			if _, err := w.post(ann, block, "open", "r0", nil); err != nil {
				w.t.Fatal(err)
			}
			return request{ann, block, "", "extend", "r1", nil}
		},
		func(t *testing.T, w *world, r request, _ *kernel.Response) {
			if html := w.show(r.person, r.block).HTML; !strings.Contains(html, "true 15 ") {
				t.Errorf("the learner sees %s", html)
			}
			if due, err := w.kernel.DueTasks(t.Context(), 10); err != nil || due != 0 {
				t.Errorf("%d tasks are left, %v", due, err)
			}
		},
	},
}

// TestHammerFaultsAtEveryStep sends a POST once for each way in which the store can fail, or the process die, at one of the
// operations from the call to the grade. Then the process starts again, the browser repeats its POST, and the sweeper runs.
func TestHammerFaultsAtEveryStep(t *testing.T) {
	for _, c := range commits {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			arrange := func(t *testing.T, plan faultstore.Plan) (*world, *faultstore.Store, request) {
				s := faultstore.New(openStore(t), plan)
				w := newWorld(t, s, map[string]sdk.Block{"quiz": quizBlock(), "seats": seatsBlock()})
				w.publish(place{"quiz", "q", map[string]any{"max_attempts": 1}}, place{"seats", "s", nil})
				r := c.post(w)
				w.kernel.Wait()
				return w, s, r
			}
			act := func(w *world, r request) (*kernel.Response, error) {
				response, err := w.deliver(r)
				w.kernel.Wait()
				w.tryWork(t.Context())
				w.kernel.Wait()
				return response, err
			}
			w, s, r := arrange(t, faultstore.Plan{})
			before := len(s.Passed())
			if _, err := act(w, r); err != nil {
				t.Fatal(err)
			}
			points := s.Passed()[before:]
			plans := slices.Concat(faultstore.Crashes(points), faultstore.Faults(points), faultstore.Conflicts(points))
			for _, plan := range plans {
				t.Run(plan.Name, func(t *testing.T) {
					w, s, r := arrange(t, plan)
					first, err := act(w, r)
					if s.Struck() != 1 {
						t.Fatalf("the plan struck %d times", s.Struck())
					}
					if s.Crashed() {
						s.Revive()
						w.queue.take()
						w.reopen()
					}
					w.repeated(r, first, err)
					w.recover()
					w.repeated(r, first, err)
					response, err := w.deliver(r)
					if err != nil {
						t.Fatal(err)
					}
					c.check(t, w, r, response)
				})
			}
			t.Logf("%d operations, %d ways to fail", len(points), len(plans))
		})
	}
}

// repeated sends the POST again: what it was told the first time, if it was told, it must be told again.
func (w *world) repeated(r request, first *kernel.Response, failed error) {
	w.t.Helper()
	again, err := w.deliver(r)
	if err != nil {
		w.t.Fatalf("the repeated POST: %v", err)
	}
	if failed != nil {
		return
	}
	if !again.Repeated || again.Submission != first.Submission || again.Status != first.Status || string(again.Body.Data) != string(first.Body.Data) {
		w.t.Errorf("the first reply was %+v, the repeated one %+v", first, again)
	}
}

// sittingOf asks for the page until it comes, and gives the sitting that its form names.
func (w *world) sittingOf(ctx context.Context, published *course.Published, person *access.Person, block *course.Block) string {
	for {
		visit, err := w.kernel.Visit(ctx, person, published, block)
		if err != nil {
			continue
		}
		if shown, err := visit.Render(ctx, block, wire.ViewLearner); err == nil && shown.Failure == nil {
			return shown.Sitting
		}
	}
}

// TestHammerFaultsUnderLoad lets learners submit while every few operations of the store fail, half of them after they
// happened; workers and sweepers run beside them, on a clock so fast that living workers are overtaken. Each learner repeats
// a POST until he is answered.
func TestHammerFaultsUnderLoad(t *testing.T) {
	const learners, posts = 8, 6
	inner := openStore(t)
	var plan faultstore.Plan
	for i := range 2000 {
		plan.Rules = append(plan.Rules, faultstore.Rule{At: 60 + 7*i, When: faultstore.When(i % 2)})
	}
	w := newWorld(t, inner, map[string]sdk.Block{"quiz": quizBlock()})
	w.publish(place{"quiz", "q", nil})
	published, block := w.published(), w.block("quiz", "q")
	faulty := faultstore.New(inner, plan)
	w.store = faulty
	w.reopen()

	ctx, cancel := context.WithCancel(t.Context())
	var background, group sync.WaitGroup
	for range 3 {
		background.Go(func() {
			for ctx.Err() == nil {
				w.pass(100 * time.Millisecond)
				_, _ = w.kernel.Sweep(ctx) // its failures are the test's own
				w.tryWork(ctx)
			}
		})
	}
	var mu sync.Mutex
	accepted := map[string]request{}
	replies := map[string]string{}
	for l := range learners {
		group.Go(func() {
			person := w.learner(fmt.Sprint("l", l))
			for n := range posts {
				sitting := w.sittingOf(ctx, published, person, block)
				r := request{person, block, sitting, "submit", fmt.Sprint("r", n), map[string]string{"word": fmt.Sprint("w", n)}}
				for {
					response, err := w.sendTo(published, r.person, r.block, r.sitting, r.handler, r.id, r.form)
					if err == nil {
						mu.Lock()
						accepted[response.Submission] = r
						replies[response.Submission] = string(response.Body.Data)
						mu.Unlock()
						break
					}
					pending := code(err) == wire.CodeRefused && strings.Contains(err.Error(), wire.WhyPending)
					if c := code(err); c != wire.CodeUnavailable && c != wire.CodeConflict && !pending {
						t.Errorf("post %d of %s: %v", n, person.Learner, err)
						return
					}
				}
			}
		})
	}
	group.Wait()
	cancel()
	background.Wait()
	if faulty.Struck() < 100 {
		t.Fatalf("only %d operations failed", faulty.Struck())
	}
	w.store = inner
	w.reopen()
	w.recover()
	if len(accepted) != learners*posts {
		t.Fatalf("%d submissions were acknowledged, want %d", len(accepted), learners*posts)
	}
	for id, r := range accepted {
		if n := w.verdicts(id); n != 1 {
			t.Errorf("%s of %s has %d verdicts", r.id, r.person.Learner, n)
		}
		again, err := w.deliver(r)
		if err != nil || !again.Repeated || again.Submission != id || string(again.Body.Data) != replies[id] {
			t.Errorf("%s of %s repeated: %+v, %v", r.id, r.person.Learner, again, err)
		}
	}
	for l := range learners {
		person := w.learner(fmt.Sprint("l", l))
		if html := w.show(person, block).HTML; !strings.Contains(html, fmt.Sprintf("tries=%d", posts)) {
			t.Errorf("%s sees %s, want %d tries", person.Learner, html, posts)
		}
	}
	t.Logf("%d of %d operations failed", faulty.Struck(), len(faulty.Passed()))
}

// TestHammerDoubleClicks sends each POST several times at once: it counts once, and all are told the same.
func TestHammerDoubleClicks(t *testing.T) {
	w, _ := quizWorld(t, nil)
	block := w.block("seats", "s")
	if _, err := w.post(w.learner("o"), block, "open", "", nil); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for l := range 9 {
		for range 4 {
			group.Go(func() { // all learners use the same request id, which is each one's own
				if _, err := w.send(w.learner(fmt.Sprint("l", l)), block, "", "book", "r1", nil); err != nil {
					t.Errorf("booking: %v", err)
				}
			})
		}
	}
	group.Wait()
	if html := w.show(w.learner("l0"), block).HTML; !strings.Contains(html, "true 1 yes") {
		t.Errorf("after nine bookings of ten seats: %s", html)
	}
}
