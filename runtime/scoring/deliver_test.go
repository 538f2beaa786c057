package scoring_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/store/faultstore"
	"github.com/quoin-lms/quoin/sdk/wire"
)

var (
	errBlock   = wire.Errorf(wire.CodeTrap, wire.BlameBlock, "the block trapped")
	errBusy    = wire.Errorf(wire.CodeUnavailable, wire.BlameBlock, "the block is busy with 4 other calls")
	errHost    = wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "the interpreter is busy")
	errOutside = wire.Errorf(wire.CodeUnavailable, wire.BlameOutside, "the plagiarism service is away")
)

// failing fails the first gradings with these errors.
func failing(list ...error) func(context.Context, string) error {
	return func(context.Context, string) error {
		if len(list) == 0 {
			return nil
		}
		err := list[0]
		list = list[1:]
		return err
	}
}

func TestAcceptAgainChangesNothing(t *testing.T) {
	w := newWorld(t, openStore(t), one())
	id := w.submit(ann, "p", 1, scored(1, 1))
	w.submit(ann, "p", 1, scored(1, 1))
	w.work()
	w.submit(ann, "p", 1, scored(1, 1))
	w.work()
	if d := w.delivery(id); d.Verdicts != 1 || d.State != scoring.StateDone || w.grader.times(id) != 1 {
		t.Errorf("%+v, graded %d times", d, w.grader.times(id))
	}
}

func TestPagesAreToldOfVerdicts(t *testing.T) {
	w := newWorld(t, openStore(t), one())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	heard, err := w.bus.Subscribe(ctx, scoring.LearnerTopic(ann))
	if err != nil {
		t.Fatal(err)
	}
	id := w.submit(ann, "p", 1, scored(1, 1))
	w.submit("bob", "p", 1, scored(1, 1))
	w.work()
	if message := <-heard; message.Kind != "verdict" || !strings.HasSuffix(message.ID, " "+id) {
		t.Errorf("heard %+v", message)
	}
	select {
	case message := <-heard:
		t.Errorf("ann heard of somebody else: %+v", message)
	default:
	}
}

func TestWhatTheQueueForgotIsHandedOverAgain(t *testing.T) {
	w := newWorld(t, openStore(t), one())
	w.queue.Fail(ports.ErrUnavailable)
	id := w.submit(ann, "p", 1, scored(1, 1))
	w.queue.Fail(nil)
	forgotten := w.submit("bob", "p", 1, scored(1, 1))
	w.queue.Forget()
	if found := w.sweep(); found != 2 {
		t.Errorf("%d deliveries were due, want 2", found)
	}
	for _, id := range []string{id, forgotten} {
		if d := w.delivery(id); d.State != scoring.StateDone {
			t.Errorf("%s: %+v", id, d)
		}
	}
	if found := w.sweep(); found != 0 {
		t.Errorf("%d deliveries are due after all are done", found)
	}
}

func TestDeadWorkerIsReplacedAfterHisLease(t *testing.T) {
	w := newWorld(t, openStore(t), one())
	id := w.submit(ann, "p", 1, scored(1, 1))
	dying, die := context.WithCancel(t.Context())
	w.grader.whenGrading(func(ctx context.Context, _ string) error {
		die()
		return ctx.Err()
	})
	if err := w.scorer.Deliver(dying, id, "dies"); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	w.grader.whenGrading(nil)
	if d := w.delivery(id); d.State != scoring.StateLeased || d.Worker != "dies" {
		t.Fatalf("%+v, want a lease that nobody gives back", d)
	}
	w.queue.Forget()
	w.pass(7 * time.Second)
	if w.sweep() != 0 {
		t.Error("the lease was taken over before its end")
	}
	if err := w.scorer.Deliver(t.Context(), id, "eager"); err != nil || w.grader.times(id) != 1 {
		t.Errorf("a job that came twice was graded beside a living lease: %v", err)
	}
	w.pass(time.Second)
	if w.sweep() != 1 {
		t.Error("the lease's end was not noticed")
	}
	if d := w.delivery(id); d.State != scoring.StateDone || d.Verdicts != 1 || d.Worker != "" {
		t.Errorf("%+v", d)
	}
}

// TestSlowWorkerIsOvertaken: a worker thought dead comes back after another one has given the verdict.
func TestSlowWorkerIsOvertaken(t *testing.T) {
	w := newWorld(t, openStore(t), one())
	id := w.submit(ann, "p", 1, scored(1, 1))
	overtaken := false
	w.grader.whenGrading(func(ctx context.Context, _ string) error {
		if overtaken {
			return nil
		}
		overtaken = true
		w.pass(9 * time.Second)
		return w.scorer.Deliver(ctx, id, "fast")
	})
	if err := w.scorer.Deliver(t.Context(), id, "slow"); err != nil {
		t.Fatal(err)
	}
	if d := w.delivery(id); d.State != scoring.StateDone || d.Verdicts != 1 {
		t.Errorf("%+v", d)
	}
	if n := w.verdicts(id); n != 1 {
		t.Errorf("%d verdicts, want 1", n)
	}
}

// TestWorkerDiesAfterTheVerdict: what follows from it is done by the next one, without grading again.
func TestWorkerDiesAfterTheVerdict(t *testing.T) {
	dies := faultstore.New(openStore(t), faultstore.Plan{Rules: []faultstore.Rule{
		{Ops: []faultstore.Op{faultstore.Insert}, Collection: "verdicts", When: faultstore.After, Crash: true},
	}})
	w := newWorld(t, dies, one())
	id := w.submit(ann, "p", 1, scored(1, 1))
	if err := w.scorer.Deliver(t.Context(), id, "dies"); err == nil || dies.Struck() != 1 {
		t.Fatalf("it survived: %v", err)
	}
	dies.Revive()
	w.pass(8 * time.Second)
	w.sweep()
	if d := w.delivery(id); d.State != scoring.StateDone || d.Verdicts != 1 || w.verdicts(id) != 1 || w.grader.times(id) != 1 {
		t.Errorf("%+v, %d verdicts, graded %d times", d, w.verdicts(id), w.grader.times(id))
	}
}

func TestBlockFailsThreeTimes(t *testing.T) {
	for name, fails := range map[string]error{"traps": errBlock, "says so": nil} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, openStore(t), one())
			a := becomes(wire.OutcomeFailed)
			if fails != nil {
				a = scored(1, 1)
				w.grader.whenGrading(failing(fails, fails, fails))
			}
			heard, err := w.bus.Subscribe(t.Context(), scoring.LearnerTopic(ann))
			if err != nil {
				t.Fatal(err)
			}
			id := w.submit(ann, "p", 1, a)
			w.sweep()
			for _, pause := range []time.Duration{time.Second, 2 * time.Second} {
				if d := w.delivery(id); d.State != scoring.StateWaiting || d.Failure == "" || d.Due.Sub(w.clock()) != pause {
					t.Fatalf("%+v, want the next try in %v", d, pause)
				}
				w.pass(pause - time.Millisecond)
				if w.sweep() != 0 {
					t.Fatal("tried before its time")
				}
				w.pass(time.Millisecond)
				w.sweep()
			}
			if d := w.delivery(id); d.State != scoring.StateFailed || d.Due != nil || d.Failure == "" {
				t.Errorf("%+v, want staff to be asked", d)
			}
			if len(heard) != 1 {
				t.Errorf("pages were told %d times, want once, at the end", len(heard))
			}
			if w.grader.times(id) != 3 || w.verdicts(id) != 0 {
				t.Errorf("graded %d times, %d verdicts", w.grader.times(id), w.verdicts(id))
			}
		})
	}
}

// TestOnlyTheBlocksFailuresCount: a busy host and dead workers do not use up what the block may fail.
func TestOnlyTheBlocksFailuresCount(t *testing.T) {
	w := newWorld(t, openStore(t), one())
	w.grader.whenGrading(failing(errHost, errOutside, errBusy, errBusy, errBusy, errors.New("disk"), errBlock, errHost, errBlock))
	id := w.submit(ann, "p", 1, scored(1, 1))
	for range 10 {
		w.sweep()
		w.pass(time.Minute)
	}
	if d := w.delivery(id); d.State != scoring.StateDone || d.Verdicts != 1 || d.Failure != "" || w.grader.times(id) != 10 {
		t.Errorf("%+v, graded %d times", d, w.grader.times(id))
	}
}

func TestPendingIsSettled(t *testing.T) {
	w := newWorld(t, openStore(t), one())
	then := scored(0.5, 1).Verdict
	a := becomes(wire.OutcomePending)
	a.Then = &then
	id := w.submit(ann, "p", 1, a)
	w.work()
	if d := w.delivery(id); d.State != scoring.StatePending || d.Due != nil || d.Verdicts != 1 {
		t.Fatalf("%+v", d)
	}
	if score := w.score(ann, "p"); score.Scored {
		t.Errorf("a pending answer counts: %+v", score)
	}
	waiting := func() int { return w.grade(ann).Subsections["hw"].Pending }
	if waiting() != 1 {
		t.Error("the grade does not know that something waits")
	}
	w.submit(ann, "p", 2, becomes(wire.OutcomeInvalid))
	w.work()
	if waiting() != 1 {
		t.Error("what is no answer hides the one that waits")
	}
	usage := w.run.Usage("problem", "p").String()
	settle := func(name, usage, submission string) {
		if err := w.scorer.Settle(t.Context(), name, usage, submission, "office", `{}`, w.clock()); err != nil {
			t.Fatal(err)
		}
	}
	settle("elsewhere", w.run.Usage("problem", "q").String(), id)
	settle("unknown", usage, "nothing")
	if w.sweep() != 0 {
		t.Error("evidence of another usage, or for nothing, woke a submission")
	}
	settle("e1", usage, id)
	settle("e1", usage, id)
	w.work()
	if d := w.delivery(id); d.State != scoring.StateDone || d.Evidence != 1 || d.Graded != 1 || d.Verdicts != 2 {
		t.Errorf("%+v", d)
	}
	if score := w.score(ann, "p"); !score.Scored || score.Earned != 0.5 || waiting() != 0 {
		t.Errorf("%+v, %d wait", score, waiting())
	}
	if first, err := w.scorer.Verdict(t.Context(), id, 1); err != nil || first.Outcome != wire.OutcomePending {
		t.Errorf("the first verdict is %+v, %v", first, err)
	}
}

// TestEvidenceDuringGradingIsSeen: what comes while a worker holds the submission sends it round again.
func TestEvidenceDuringGradingIsSeen(t *testing.T) {
	w := newWorld(t, openStore(t), one())
	then := scored(1, 1).Verdict
	a := becomes(wire.OutcomePending)
	a.Then = &then
	id := w.submit(ann, "p", 1, a)
	came := false
	w.grader.whenGrading(func(ctx context.Context, _ string) error {
		if came {
			return nil
		}
		came = true
		return w.scorer.Settle(ctx, "e1", w.run.Usage("problem", "p").String(), id, "office", `{}`, w.clock())
	})
	w.work()
	if d := w.delivery(id); d.State != scoring.StateDone || d.Graded != 1 {
		t.Errorf("%+v", d)
	}
	if score := w.score(ann, "p"); !score.Scored || score.Earned != 1 {
		t.Errorf("%+v", score)
	}
}

func TestGradingInOrder(t *testing.T) {
	w := newWorld(t, openStore(t), one())
	w.grader.ordered = true
	first, second := w.submit(ann, "p", 1, scored(0.25, 1)), w.submit(ann, "p", 2, scored(1, 1))
	w.queue.Forget()
	if err := w.scorer.Deliver(t.Context(), second, "worker"); err == nil || w.grader.times(second) != 0 {
		t.Fatalf("the second was graded before the first: %v", err)
	}
	if d := w.delivery(second); d.State != scoring.StateWaiting || d.Tries != 0 {
		t.Errorf("waiting for its turn was counted: %+v", d)
	}
	w.sweep()
	w.pass(time.Second)
	w.sweep()
	if w.delivery(first).State != scoring.StateDone || w.delivery(second).State != scoring.StateDone {
		t.Fatalf("%+v, %+v", w.delivery(first), w.delivery(second))
	}
	if previous := w.grader.previous[second]; previous == nil || previous.Earned != 0.25 || w.grader.previous[first] != nil {
		t.Errorf("the second was told %+v, the first %+v", previous, w.grader.previous[first])
	}
}
