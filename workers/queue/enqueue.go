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
	answer := present
	err = q.call(ctx, func(ctx context.Context) error {
		answer, err = l.room.admit(ctx, t, payload, q.config.MaxJobs, false)
		if err == nil && (answer == admitted || answer == doubtful) {
			err = q.hand(ctx, l, t, payload)
		}
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

// hand gives a job to asynq. If asynq has it already, waiting or running, nothing happens; an archived one makes way.
func (q *Queue) hand(ctx context.Context, l *lane, t task, payload []byte) error {
	options := []asynq.Option{
		asynq.TaskID(t.ID), asynq.Queue(l.asynq),
		// One more run, for asynq's own recovery of what a dead worker left behind; see the package comment.
		asynq.MaxRetry(1),
		// Ours ends the handler; asynq's would free the slot while the handler still runs.
		asynq.Timeout(l.timeout + time.Hour),
	}
	_, err := q.tasks.EnqueueContext(ctx, asynq.NewTask(t.Kind, payload), options...)
	if !errors.Is(err, asynq.ErrTaskIDConflict) {
		return err
	}
	info, err := q.inspector.GetTaskInfo(l.asynq, t.ID)
	switch {
	case errors.Is(err, asynq.ErrTaskNotFound):
		// It has just finished: what it was handed over for may have come too late for it.
	case err != nil:
		return err
	case info.State != asynq.TaskStateArchived:
		return nil
	default:
		if err := q.inspector.DeleteTask(l.asynq, t.ID); err != nil && !errors.Is(err, asynq.ErrTaskNotFound) {
			return err
		}
	}
	_, err = q.tasks.EnqueueContext(ctx, asynq.NewTask(t.Kind, payload), options...)
	if errors.Is(err, asynq.ErrTaskIDConflict) {
		return nil
	}
	return err
}
