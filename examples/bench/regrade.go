package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quoin-lms/quoin/runtime/scoring"
)

const (
	// regraded is how many submissions are replayed, stored how many of them are handed in and graded again with everything kept.
	regraded = 10_000
	stored   = 2_000
	// workers is how many of them are on their way at a time: they share the store's commits.
	workers = 32
)

// regrade replays submissions of one choice problem on every core, as a dry run does, and then has stored ones graded again.
func (g *graders) regrade(ctx context.Context) error {
	cores := runtime.GOMAXPROCS(0)
	t := &table{
		title:  fmt.Sprintf("Regrading submissions of one choice problem on %d cores (budget 5000 per s on two); load %s", cores, loadNow()),
		header: []string{"", "submissions", "took", "per s", "processor each"},
	}
	measure := func(label string, n, at int, do func(i int) error) error {
		began, before := time.Now(), worked()
		if err := together(n, at, do); err != nil {
			return err
		}
		took := time.Since(began)
		t.add(label, n, took, fmt.Sprintf("%.0f", float64(n)/took.Seconds()), (worked()-before)/time.Duration(n))
		return nil
	}
	err := measure("replayed, nothing stored", regraded, cores, func(i int) error {
		return g.grade(ctx, "choice", 1, answerOf(i))
	})
	if err != nil {
		return err
	}
	scorer := g.kernel.Scorer()
	err = measure("handed in and graded for the first time", stored, workers, func(i int) error {
		s := g.submission("choice", 1, answerOf(i))
		s.Learner = fmt.Sprintf("learner%d", i)
		return errors.Join(scorer.Accept(ctx, submissionID(i), *s), scorer.Deliver(ctx, submissionID(i), "bench"))
	})
	if err != nil {
		return err
	}
	err = measure("graded again: asked for, verdict, score and grade stored", stored, workers, func(i int) error {
		return errors.Join(scorer.Ask(ctx, submissionID(i), scoring.Ask{Order: 1}), scorer.Deliver(ctx, submissionID(i), "bench"))
	})
	if err != nil {
		return err
	}
	delivery, err := scorer.Delivery(ctx, submissionID(stored))
	if err == nil && delivery.Verdicts != 2 {
		err = fmt.Errorf("the last submission has %d verdicts instead of 2", delivery.Verdicts)
	}
	return errors.Join(err, t.print(os.Stdout))
}

func submissionID(i int) string { return fmt.Sprintf("submission%06d", i) }

func answerOf(i int) string { return fmt.Sprintf(`{"2_1":"choice_%d"}`, i%3) }

// together does things 1 to n, so many at a time.
func together(n, at int, do func(i int) error) error {
	var next atomic.Int64
	var all sync.WaitGroup
	failures := make([]error, at)
	for worker := range at {
		all.Go(func() {
			for i := next.Add(1); i <= int64(n) && failures[worker] == nil; i = next.Add(1) {
				failures[worker] = do(int(i))
			}
		})
	}
	all.Wait()
	return errors.Join(failures...)
}
