package workers

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/transfer"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/people/lists"
	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/scoring"
	"github.com/quoin-lms/quoin/runtime/site"
	"github.com/quoin-lms/quoin/runtime/trace"
	"github.com/quoin-lms/quoin/workers/queue"
)

// Config says what this process works on. Site and Queue are needed; the queue is the one that the site was opened with.
type Config struct {
	Site  *site.Site
	Queue *queue.Queue
	// Role is what of it this process does; "" is all.
	Role Role
	// Name stands in leases, for people to see who holds one. It must be this process's alone; "" makes one.
	Name string
	// SweepEvery is the mean pause between two sweeps; 0 is a second. A dead worker delays a verdict by a lease and a sweep.
	SweepEvery time.Duration
	// Tracer follows jobs; nil follows none.
	Tracer trace.Tracer
	Log    *slog.Logger
}

// Workers run until Stop.
type Workers struct {
	queue  *queue.Workers // nil where the role works no jobs
	cancel context.CancelFunc
	chores sync.WaitGroup
	diary  diary
}

// Start works and sweeps as the role says, until Stop; that ctx ends changes nothing.
func Start(ctx context.Context, config Config) (*Workers, error) {
	role, err := ParseRole(string(config.Role))
	if err != nil {
		return nil, fmt.Errorf("starting workers: %w", err)
	}
	if config.Site == nil || config.Queue == nil {
		return nil, errors.New("starting workers: they need a site and a queue")
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Name == "" {
		config.Name = processName()
	}
	if config.SweepEvery <= 0 {
		config.SweepEvery = time.Second
	}
	w := &Workers{}
	if role.Works() {
		if w.queue, err = config.Queue.Start(followed(config.Tracer, handlers(config.Site, config.Name))); err != nil {
			return nil, err
		}
	}
	ctx, w.cancel = context.WithCancel(context.WithoutCancel(ctx))
	for _, c := range chores(&config, role) {
		c.round = w.diary.keep(c)
		w.chores.Go(func() { c.repeat(ctx, config.Log) })
	}
	return w, nil
}

// Stop ends the sweeping, then waits for running jobs until ctx ends, and hands back what is left; see [queue.Workers.Stop].
func (w *Workers) Stop(ctx context.Context) error {
	w.cancel()
	w.chores.Wait()
	if w.queue == nil {
		return nil
	}
	return w.queue.Stop(ctx)
}

// handlers say what is done with each kind of job. Tries and leases are the store's, so an error ends the job and the sweeper
// hands over the next try.
func handlers(s *site.Site, name string) map[string]queue.Handler {
	k := s.Kernel
	return map[string]queue.Handler{
		scoring.JobKind: queue.HandlerFunc(func(ctx context.Context, job ports.Job) error {
			return k.Scorer().Deliver(ctx, job.Ref, name)
		}),
		scoring.RecountJob: queue.HandlerFunc(func(ctx context.Context, job ports.Job) error {
			return k.Scorer().Recount(ctx, job.Ref)
		}),
		lists.JobKind: queue.HandlerFunc(func(ctx context.Context, job ports.Job) error {
			return s.Lists.Work(ctx, job.Ref, name+" "+job.ID)
		}),
		transfer.JobKind: queue.HandlerFunc(func(ctx context.Context, job ports.Job) error {
			return s.Transfers.Work(ctx, job.Ref, name+" "+job.ID)
		}),
		kernel.TaskJob: queue.HandlerFunc(func(ctx context.Context, job ports.Job) error {
			return k.RunTask(ctx, job.Ref)
		}),
	}
}

// followed runs each job within the trace that it was handed over in.
func followed(tracer trace.Tracer, handlers map[string]queue.Handler) map[string]queue.Handler {
	for kind, handler := range handlers {
		handlers[kind] = queue.HandlerFunc(func(ctx context.Context, job ports.Job) error {
			return trace.Working(ctx, tracer, job, func(ctx context.Context) error { return handler.Handle(ctx, job) })
		})
	}
	return handlers
}

// processName names this process among all that share a store: two machines may have the same host name, and a restarted
// container the same process id.
func processName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unnamed"
	}
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), hex.EncodeToString(random[:]))
}
