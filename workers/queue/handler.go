package queue

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// Handler does the jobs of one kind. A job may come twice, or late, and two workers may run it at the same time: what it
// names in the store decides. ctx ends at the lane's timeout and when a stopping worker has waited long enough.
//
// The error decides what becomes of the job: nil and plain errors end it, the store's sweeper hands over its next try;
// [RetryAfter] runs it again; [Archive] puts it aside for people to see. A panic counts as Archive.
type Handler interface {
	Handle(ctx context.Context, job ports.Job) error
}

// HandlerFunc adapts a function to Handler.
type HandlerFunc func(ctx context.Context, job ports.Job) error

// Handle implements Handler.
func (f HandlerFunc) Handle(ctx context.Context, job ports.Job) error { return f(ctx, job) }

// maxRuns bounds how often a job may ask to run again.
const maxRuns = 20

// leastDelay keeps a job that asks to run again from doing nothing else.
const leastDelay = 100 * time.Millisecond

type retryError struct {
	after time.Duration
	cause error
}

func (e *retryError) Error() string { return fmt.Sprintf("again in %s: %v", e.after, e.cause) }
func (e *retryError) Unwrap() error { return e.cause }

// RetryAfter makes the queue run the same job again, d (at least 100 ms) after the handler has returned, 20 times at most;
// then it is archived. It is for what passes by itself, like a store that does not answer. What counts as a try belongs into
// the store instead.
func RetryAfter(d time.Duration, cause error) error {
	return &retryError{after: max(d, leastDelay), cause: cause}
}

type archiveError struct{ cause error }

func (e *archiveError) Error() string { return fmt.Sprintf("archived: %v", e.cause) }
func (e *archiveError) Unwrap() error { return e.cause }

// Archive puts a job aside that no further run can help.
func Archive(cause error) error { return &archiveError{cause: cause} }

// panicError is a handler's panic.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.value, e.stack) }

// guarded runs a handler and turns its panic into an error.
func guarded(ctx context.Context, h Handler, job ports.Job) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = Archive(&panicError{value: value, stack: debug.Stack()})
		}
	}()
	return h.Handle(ctx, job)
}

// verdict is what becomes of a job after a run.
type verdict int

const (
	done verdict = iota
	dropped
	again
	archived
)

func judge(err error, runs int) verdict {
	var retry *retryError
	var archive *archiveError
	switch {
	case err == nil:
		return done
	case errors.As(err, &archive):
		return archived
	case errors.As(err, &retry) && runs >= maxRuns:
		return archived
	case errors.As(err, &retry):
		return again
	default:
		return dropped
	}
}
