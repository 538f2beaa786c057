package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// ErrFull means that the lane, or the job's course in it, holds as many jobs as it may. The job stays in the store; the sweeper hands
// it over later. It wraps ports.ErrUnavailable.
var ErrFull = fmt.Errorf("%w: the queue is full for now", ports.ErrUnavailable)

// Enqueue implements ports.Queue. It takes at most half a second; while Redis does not answer it fails at once. It returns
// nil if the job's id waits or runs already, [ErrFull] or another ports.ErrUnavailable if the job has to come again later,
// and [ErrInvalidJob] if it never can.
func (q *Queue) Enqueue(ctx context.Context, job ports.Job) error {
	t, err := newTask(job, time.Now())
	if err != nil {
		return fmt.Errorf("enqueueing %.80q: %w", job.ID, err)
	}
	payload, err := t.encode()
	if err != nil {
		return fmt.Errorf("enqueueing: %w", err)
	}
	l := q.lanes[t.Lane]
	var answer admission
	err = q.call(ctx, func(ctx context.Context) (err error) {
		answer, err = q.put(ctx, l, t, payload)
		return err
	})
	switch {
	case err == nil && answer == full:
		l.counters.refused.Add(1)
		err = ErrFull
	case err == nil && answer != present:
		l.counters.enqueued.Add(1)
	}
	if err != nil {
		return fmt.Errorf("enqueueing %.80q: %w", t.ID, err)
	}
	return nil
}

// put brings a job into the waiting room, and on to asynq if its turn is now.
func (q *Queue) put(ctx context.Context, l *lane, t task, payload []byte) (admission, error) {
	answer, err := l.room.admit(ctx, t, payload, q.config.MaxJobs)
	if err != nil || answer != admitted {
		return answer, err
	}
	if err := q.hand(ctx, l, t, payload); err != nil {
		// Let its id go; if that fails too, it lapses.
		_, also := l.room.feed(ctx, 0, t.entry())
		return answer, errors.Join(err, also)
	}
	return answer, nil
}

// hand gives a job to asynq, under an id that asynq makes up.
func (q *Queue) hand(ctx context.Context, l *lane, t task, payload []byte) error {
	_, err := q.tasks.EnqueueContext(ctx, asynq.NewTask(t.Kind, payload), asynq.Queue(l.asynq),
		// asynq retries what a dead worker left behind, and nothing else; see [laneWorker.process].
		asynq.MaxRetry(1),
		// Ours ends the handler; asynq's would free the slot while the handler still runs.
		asynq.Timeout(l.timeout+time.Hour))
	if l.polls != nil {
		l.polls.gave()
	}
	return err
}
