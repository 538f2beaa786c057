package portstest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// Handler does the jobs of one kind.
type Handler = func(ctx context.Context, job ports.Job) error

// ErrInvalidJob is about a job that no queue takes.
var ErrInvalidJob = errors.New("invalid job")

// Queue keeps jobs until [Queue.Run] runs them. Its zero value is ready, and it is safe for use by many goroutines.
type Queue struct {
	// Now is the clock; nil is time.Now. Set it before first use.
	Now func() time.Time

	mu       sync.Mutex
	handlers map[string]Handler
	waiting  []ports.Job
	running  map[string]bool
	accepted []ports.Job
	failure  error
	// turns is when a course was last served, so that courses take turns.
	turns map[string]int
	turn  int
}

var _ ports.Queue = (*Queue)(nil)

// Enqueue implements ports.Queue.
func (q *Queue) Enqueue(ctx context.Context, job ports.Job) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("enqueueing: %w", err)
	}
	if err := checkJob(job); err != nil {
		return fmt.Errorf("enqueueing: %w", err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.failure != nil {
		return fmt.Errorf("enqueueing: %w", q.failure)
	}
	if q.running[job.ID] {
		return nil
	}
	for _, other := range q.waiting {
		if other.ID == job.ID {
			return nil
		}
	}
	q.waiting = append(q.waiting, job)
	q.accepted = append(q.accepted, job)
	return nil
}

func checkJob(job ports.Job) error {
	for _, part := range []struct {
		name, value string
		least, most int
	}{{"id", job.ID, 1, 1024}, {"kind", job.Kind, 1, 64}, {"course", job.Course, 0, 1024}, {"ref", job.Ref, 0, 1024}} {
		if n := len(part.value); n < part.least || n > part.most || !utf8.ValidString(part.value) {
			return fmt.Errorf("%w: its %s has %d bytes, want %d to %d of UTF-8", ErrInvalidJob, part.name, n, part.least, part.most)
		}
	}
	if job.Lane != ports.LaneInteractive && job.Lane != ports.LaneBackground {
		return fmt.Errorf("%w: there is no lane %.50q", ErrInvalidJob, job.Lane)
	}
	return nil
}

// Fail makes Enqueue return err, typically ports.ErrUnavailable, until it is called with nil.
func (q *Queue) Fail(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.failure = err
}

// Forget drops what waits, as a queue may.
func (q *Queue) Forget() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = nil
}

// Waiting are the jobs that wait, oldest first, those whose time has not come among them.
func (q *Queue) Waiting() []ports.Job {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]ports.Job(nil), q.waiting...)
}

// Accepted are all jobs that were ever taken, oldest first.
func (q *Queue) Accepted() []ports.Job {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]ports.Job(nil), q.accepted...)
}

// Handle says who does the jobs of a kind.
func (q *Queue) Handle(kind string, handler Handler) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.handlers == nil {
		q.handlers = map[string]Handler{}
	}
	q.handlers[kind] = handler
}

// Run runs the jobs whose time has come, one after another, and those that they enqueue, until none is left or ctx ends. It
// says how many ran and what their handlers returned; whatever that was, a job that ran is gone.
func (q *Queue) Run(ctx context.Context) (int, error) {
	var errs []error
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return n, errors.Join(append(errs, err)...)
		}
		ran, err := q.RunOne(ctx, "")
		if !ran {
			return n, errors.Join(errs...)
		}
		errs = append(errs, err)
	}
}

// RunOne runs the next job of a lane, or of any lane if lane is "". It says whether there was one.
func (q *Queue) RunOne(ctx context.Context, lane ports.Lane) (ran bool, err error) {
	job, handler, found := q.take(lane)
	if !found {
		return false, nil
	}
	defer func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		delete(q.running, job.ID)
	}()
	if handler == nil {
		return true, fmt.Errorf("running job %q: no handler for kind %q", job.ID, job.Kind)
	}
	if err := handler(ctx, job); err != nil {
		return true, fmt.Errorf("running job %q: %w", job.ID, err)
	}
	return true, nil
}

// take picks the oldest job of the course that has waited longest for a turn.
func (q *Queue) take(lane ports.Lane) (ports.Job, Handler, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now
	if q.Now != nil {
		now = q.Now
	}
	next := -1
	for i, job := range q.waiting {
		if lane != "" && job.Lane != lane || job.At.After(now()) {
			continue
		}
		if next < 0 || q.turns[job.Course] < q.turns[q.waiting[next].Course] {
			next = i
		}
	}
	if next < 0 {
		return ports.Job{}, nil, false
	}
	job := q.waiting[next]
	q.waiting = append(q.waiting[:next:next], q.waiting[next+1:]...)
	if q.running == nil {
		q.running, q.turns = map[string]bool{}, map[string]int{}
	}
	q.running[job.ID] = true
	q.turn++
	q.turns[job.Course] = q.turn
	return job, q.handlers[job.Kind], true
}
