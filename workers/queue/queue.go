package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// Queue is jobs, bus and limits of one site. It is safe for use by many goroutines.
type Queue struct {
	config Config
	log    *slog.Logger
	lanes  map[ports.Lane]*lane
	order  []*lane
	place  string

	inside *embedded // nil on a real Redis
	// callers serves those who wait for an answer, consumers the workers and the bus.
	callers, consumers *redis.Client
	tasks              *asynq.Client
	inspector          *asynq.Inspector
	breaker            breaker
	// patience is how long a caller waits for an answer at most.
	patience time.Duration

	hub *hub
	bus *busLink

	// serving counts asynq's servers, which panic if their client is closed under them.
	serving sync.WaitGroup
}

// Open connects a site's queue. With an empty RedisURL it starts one inside the process, which needs nothing and forgets
// everything at Close. An unreachable Redis is an error that wraps ports.ErrUnavailable, unless Config.AllowDown; ctx bounds
// the wait for it.
func Open(ctx context.Context, config Config) (*Queue, error) {
	config, err := config.settled()
	if err != nil {
		return nil, fmt.Errorf("opening queue: %w", err)
	}
	q := &Queue{config: config, log: config.Logger, lanes: map[ports.Lane]*lane{}, order: config.lanes(), hub: newHub()}
	slots := 0
	for _, l := range q.order {
		q.lanes[l.name] = l
		slots += max(0, l.slots)
	}
	options, err := q.options()
	if err != nil {
		return nil, fmt.Errorf("opening queue: %w", err)
	}
	q.place = place(options)
	q.patience, q.breaker.pause = patience, time.Second
	if q.inside != nil {
		// It can't be away, only slow because the machine is busy.
		q.patience, q.breaker.pause = embeddedPatience, 0
	}
	q.callers, q.consumers = callers(options, q.patience), consumers(options, slots)
	for _, l := range q.order {
		if q.inside != nil {
			l.room, l.polls = newMemoryRoom(time.Now), newPollSaver(l.asynq)
			q.consumers.AddHook(l.polls)
		} else {
			l.room = newRedisRoom(l.asynq, q.callers, q.consumers)
		}
	}
	q.tasks = asynq.NewClientFromRedisClient(q.callers)
	q.inspector = asynq.NewInspectorFromRedisClient(q.callers)
	if err := q.Ping(ctx); err != nil {
		if !config.AllowDown {
			return nil, errors.Join(fmt.Errorf("opening queue at %s: %w", q.place, err), q.Close())
		}
		q.log.Warn("queue unreachable, going on without it", "redis", q.place, "error", err)
	}
	q.bus = newBusLink(q.consumers, config.Prefix, q.hub, q.log)
	return q, nil
}

// options says where Redis is, and starts it if that is inside the process.
func (q *Queue) options() (*redis.Options, error) {
	if q.config.RedisURL == "" {
		q.inside = newEmbedded()
		return q.inside.options(), nil
	}
	return parseRedisURL(q.config.RedisURL)
}

// Embedded says whether the queue is inside the process.
func (q *Queue) Embedded() bool { return q.inside != nil }

// Ping asks Redis for an answer: nil, or an error that wraps ports.ErrUnavailable. It does not use the breaker.
func (q *Queue) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := q.callers.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("%w: %w", ports.ErrUnavailable, err)
	}
	return nil
}

// Close ends the connections, and all subscriptions. Stop the workers first: the connections of workers that still run, or
// whose end waits for a silent Redis, stay open, and Close says so.
func (q *Queue) Close() error {
	var errs []error
	if q.bus != nil {
		errs = append(errs, q.bus.close())
	}
	q.hub.close()
	errs = append(errs, q.callers.Close())
	if !within(closePatience, q.serving.Wait) {
		return errors.Join(append(errs, errors.New("closing queue: its workers still run"))...)
	}
	errs = append(errs, q.consumers.Close())
	if q.inside != nil {
		q.inside.close()
	}
	return errors.Join(errs...)
}

// closePatience is how long Close waits for workers.
const closePatience = 3 * time.Second

// within runs f, and says whether it ended in time. Otherwise f goes on alone.
func within(d time.Duration, f func()) bool {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}

// call runs f with bounded patience, tells the breaker how it went, and turns what Redis did wrong into ErrUnavailable.
func (q *Queue) call(ctx context.Context, f func(ctx context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !q.breaker.allow(time.Now()) {
		return fmt.Errorf("%w: redis did not answer a moment ago", ports.ErrUnavailable)
	}
	bounded, cancel := context.WithTimeout(ctx, q.patience)
	defer cancel()
	err := f(bounded)
	if own := ctx.Err(); err != nil && own != nil {
		// The caller left. That says nothing about Redis.
		return own
	}
	var reply redis.Error
	q.breaker.report(time.Now(), err == nil || errors.As(err, &reply))
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ports.ErrUnavailable, err)
}
