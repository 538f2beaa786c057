package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Workers run handlers until they are stopped.
type Workers struct {
	lanes   []*laneWorker
	stop    sync.Once
	stopped error
}

// Start works the lanes that the configuration gives slots, with one handler per kind of job. Jobs of other kinds are
// archived. It needs no Redis to start; it begins when Redis answers.
func (q *Queue) Start(handlers map[string]Handler) (*Workers, error) {
	w := &Workers{}
	for _, l := range q.order {
		if l.slots < 1 {
			continue
		}
		lane, err := q.newLaneWorker(l, handlers)
		if err != nil {
			stopped, cancel := context.WithCancel(context.Background())
			cancel()
			return nil, errors.Join(fmt.Errorf("starting workers: %w", err), w.Stop(stopped))
		}
		w.lanes = append(w.lanes, lane)
	}
	return w, nil
}

// Stop takes no more jobs, waits for the running ones until ctx ends, then hands the rest back to the queue and ends their
// contexts. It returns an error if jobs were handed back or did not end. It takes a second longer than ctx at most, some
// seconds if Redis is silent. Another Stop waits for the first and returns the same.
func (w *Workers) Stop(ctx context.Context) error {
	w.stop.Do(func() {
		errs := make([]error, len(w.lanes))
		var wg sync.WaitGroup
		for i, lane := range w.lanes {
			wg.Go(func() { errs[i] = lane.stop(ctx) })
		}
		wg.Wait()
		w.stopped = errors.Join(errs...)
	})
	return w.stopped
}

// Times of stopping.
const (
	// abortGrace is how long asynq waits at the very end; it lets handlers that have just returned be noted as done.
	abortGrace = 500 * time.Millisecond
	// shutdownPatience bounds asynq's own end, which writes to a Redis that may be silent.
	shutdownPatience = 2 * time.Second
	// lastGrace is what handlers get to leave after their contexts have ended.
	lastGrace = 500 * time.Millisecond
)
