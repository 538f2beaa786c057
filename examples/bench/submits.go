package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/examples/running"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/store"
)

// submitAt hands answers in at a rate, whether or not earlier ones are graded, and measures each from the instant at which it
// was due until its verdict is there. late counts answers whose verdict came after the reply.
func submitAt(ctx context.Context, learners []*learner, rate int, lasting time.Duration) (got times, late int, err error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	lanes := make([]chan time.Time, len(learners))
	for i, l := range learners {
		lanes[i] = make(chan time.Time, rate*int(lasting/time.Second)/len(learners)+2)
		wg.Go(func() {
			for n := 0; ; n++ {
				due, open := <-lanes[i]
				if !open {
					return
				}
				e := l.submit(ctx, n%problems, fmt.Sprintf("choice_%d", n%3))
				took := time.Since(due)
				mu.Lock()
				switch {
				case errors.Is(e, errWaiting):
					late++
				case e != nil && err == nil:
					err = e
				}
				got = append(got, took)
				mu.Unlock()
			}
		})
	}
	start := time.Now()
	for n := range rate * int(lasting/time.Second) {
		due := start.Add(time.Duration(n) * time.Second / time.Duration(rate))
		if e := running.Pause(ctx, time.Until(due)); e != nil {
			err = e
			break
		}
		lanes[n%len(lanes)] <- due
	}
	for _, lane := range lanes {
		close(lane)
	}
	wg.Wait()
	return got, late, err
}

func submitsTable(title string) *table {
	return &table{title: title, header: []string{"submit to verdict", "asked per s", "done per s", "p50", "p99", "later than 1 s", "without verdict"}}
}

// measureSubmits hands answers in at each rate and then looks in the store whether each got its verdict.
func (b *bench) measureSubmits(ctx context.Context, t *table, label, data string, learners []*learner, rates ...int) error {
	for _, rate := range rates {
		start := time.Now()
		got, late, err := submitAt(ctx, learners, rate, b.lasting)
		if err != nil {
			return err
		}
		took := time.Since(start)
		lost, err := withoutVerdict(ctx, data)
		if err != nil {
			return err
		}
		t.add(label, rate, fmt.Sprintf("%.0f", float64(len(got))/took.Seconds()), got.at(0.5), got.at(0.99), late, lost)
	}
	return nil
}

// settleLimit is how long a delivery may be on its way when the load has ended.
const settleLimit = 30 * time.Second

// withoutVerdict counts the submissions of the whole site that have no verdict, once nothing is on its way any more.
func withoutVerdict(ctx context.Context, data string) (missing int, err error) {
	s, err := site.Open(ctx, site.Config{Data: data})
	if err != nil {
		return 0, err
	}
	for start := time.Now(); time.Since(start) < settleLimit; {
		if missing, err = missingVerdicts(ctx, s.Store); err != nil || missing == 0 {
			break
		}
		if err = running.Pause(ctx, 100*time.Millisecond); err != nil {
			break
		}
	}
	return missing, errors.Join(err, s.Close(ctx))
}

// countLimit bounds what is counted; no run here hands in so many.
const countLimit = 1_000_000

func missingVerdicts(ctx context.Context, s store.Store) (int, error) {
	submissions, err := s.Count(ctx, "submissions", store.Query{}, countLimit)
	if err != nil {
		return 0, err
	}
	verdicts, err := s.Count(ctx, "verdicts", store.Query{}, countLimit)
	return submissions - verdicts, err
}
