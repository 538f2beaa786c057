// Package ports names what the runtime, the host and the jobs need from outside and who implements it: workers/queue does
// Queue, Bus and Limiter on Redis and in process, host does Mailer. Each has a fake in package portstest.
package ports

import (
	"context"
	"errors"
	"time"
)

// ErrUnavailable means that the service behind a port cannot be reached. The store stays the truth, so callers go on without it where
// they can: the sweeper hands jobs over later, pages poll.
var ErrUnavailable = errors.New("service unavailable")

// Lane is a queue of its own, so that long work never delays what a learner waits for.
type Lane string

// The lanes.
const (
	LaneInteractive Lane = "interactive" // somebody looks at the page: grading, awaited tasks
	LaneBackground  Lane = "background"  // tasks, events, regrading, reports
)

// Job is work handed to the workers. It names a document; the document is the truth and says what to do, so a job may be
// lost, repeated or late.
type Job struct {
	// ID makes handing over idempotent: a job whose id waits or runs already is dropped.
	ID string
	// Kind chooses the handler: "grade", "task", "events", "sweep".
	Kind string
	Lane Lane
	// Course is the run that the work is for: lanes are fair between courses. "" is the site's own.
	Course string
	// Ref is the document's id.
	Ref string
	// At is when it may run at the earliest; zero is now.
	At time.Time
	// Trace names what handed it over, as a W3C traceparent; "" is nothing that is followed. See package trace.
	Trace string
}

// Queue hands jobs to workers.
type Queue interface {
	// Enqueue hands over a job, or returns ErrUnavailable. Best effort: the sweeper hands over again what was lost.
	Enqueue(ctx context.Context, job Job) error
}

// QueueFunc adapts a function to Queue.
type QueueFunc func(ctx context.Context, job Job) error

// Enqueue implements Queue.
func (f QueueFunc) Enqueue(ctx context.Context, job Job) error { return f(ctx, job) }

// Message is what travels on the bus: ids only, never content.
type Message struct {
	Topic string
	// Kind says what happened: "verdict", "changed", ...
	Kind string
	// ID names what it happened to.
	ID string
}

// Bus tells other processes that something happened. Delivery is at most once and unordered; a page that missed a message
// finds the truth by asking.
type Bus interface {
	// Publish sends a message to every subscriber of its topic, in every process.
	Publish(ctx context.Context, message Message) error
	// Subscribe delivers messages of the topics until ctx ends, when the channel is closed. A subscriber that is too slow
	// loses messages rather than holding up others. When Subscribe returns, later messages are seen.
	Subscribe(ctx context.Context, topics ...string) (<-chan Message, error)
}

// Rate is so many events in a period, refilled evenly.
type Rate struct {
	Events int
	Period time.Duration
}

// Limiter bounds how often something happens, over all processes.
type Limiter interface {
	// Allow takes one event from key's allowance, or says how long until there is one.
	Allow(ctx context.Context, key string, rate Rate) (ok bool, wait time.Duration, err error)
}

// Mail is one message to one person.
type Mail struct {
	To, Subject string
	// Text is the plain body; HTML is optional.
	Text, HTML string
	// Key makes sending idempotent as far as the mail service can.
	Key string
}

// Mailer sends mail. Subject and To with line breaks are refused.
type Mailer interface {
	Send(ctx context.Context, mail Mail) error
}
