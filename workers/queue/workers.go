package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
)

// Workers run handlers until they are stopped.
type Workers struct {
	benches []*bench
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
		b, err := q.newBench(l, handlers)
		if err != nil {
			stopped, cancel := context.WithCancel(context.Background())
			cancel()
			return nil, errors.Join(fmt.Errorf("starting workers: %w", err), w.Stop(stopped))
		}
		w.benches = append(w.benches, b)
	}
	return w, nil
}

// Stop takes no more jobs, waits for the running ones until ctx ends, then hands the rest back to the queue and ends their
// contexts. It returns an error if jobs were handed back or did not end. It takes a second longer than ctx at most, some
// seconds if Redis is silent. Another Stop waits for the first and returns the same.
func (w *Workers) Stop(ctx context.Context) error {
	w.stop.Do(func() {
		errs := make([]error, len(w.benches))
		var wg sync.WaitGroup
		for i, b := range w.benches {
			wg.Go(func() { errs[i] = b.stop(ctx) })
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

// bench is where this process works one lane.
type bench struct {
	lane     *lane
	queue    *Queue
	handlers map[string]Handler
	server   *asynq.Server
	feeder   *feeder
	// ended is closed when handlers should leave; it ends their contexts.
	ended context.Context
	end   context.CancelFunc

	mu      sync.Mutex
	runs    uint64
	running map[uint64]string // entries
	idle    chan struct{}     // closed while nothing runs
}

func (q *Queue) newBench(l *lane, handlers map[string]Handler) (*bench, error) {
	b := &bench{lane: l, queue: q, handlers: handlers, running: map[uint64]string{}, idle: make(chan struct{})}
	close(b.idle)
	b.ended, b.end = context.WithCancel(context.Background())
	b.server = asynq.NewServerFromRedisClient(redis.UniversalClient(q.consumers), asynq.Config{
		Concurrency:       l.slots,
		Queues:            map[string]int{l.asynq: 1},
		TaskCheckInterval: l.poll,
		ShutdownTimeout:   abortGrace,
		// Only the recovery of a dead worker's jobs comes by here.
		RetryDelayFunc: func(int, error, *asynq.Task) time.Duration { return 0 },
		Logger:         asynqLogger{q.log.With("lane", string(l.name))},
		LogLevel:       asynq.WarnLevel,
	})
	b.feeder = newFeeder(b)
	if err := b.server.Start(asynq.HandlerFunc(b.process)); err != nil {
		b.end()
		b.feeder.stop()
		return nil, fmt.Errorf("lane %s: %w", l.name, err)
	}
	q.serving.Add(1)
	return b, nil
}

// process is one run of one job.
func (b *bench) process(ctx context.Context, t *asynq.Task) error {
	job, err := decodeTask(t.Payload())
	if err != nil {
		return b.refuse(job, t.Type(), err)
	}
	if retried, ok := asynq.GetRetryCount(ctx); ok && retried > 0 {
		// Minutes ago its worker died, or lost Redis for long. Since then the store's sweeper has handed it over again.
		b.queue.log.Info("job of a dead worker removed", "lane", string(b.lane.name), "job", job.ID, "kind", job.Kind)
		return nil
	}
	start := time.Now()
	b.lane.counters.wait.observe(start.Sub(time.UnixMicro(max(job.Since, job.At*1000))))
	run := b.enter(job)
	err = b.handle(ctx, job)
	took := time.Since(start)
	b.lane.ran(took)
	b.lane.counters.run.observe(took)
	b.feeder.finished(job.entry())
	err = b.settle(ctx, job, err)
	b.leave(run)
	return err
}

func (b *bench) handle(ctx context.Context, job task) error {
	handler, known := b.handlers[job.Kind]
	if !known {
		return Archive(fmt.Errorf("no handler for jobs of kind %q", job.Kind))
	}
	ctx, cancel := context.WithTimeout(ctx, b.lane.timeout)
	defer cancel()
	defer context.AfterFunc(b.ended, cancel)()
	return guarded(ctx, handler, job.job())
}

// settle decides by the handler's error what becomes of the job, and says it to asynq, which forgets it if that is nil.
func (b *bench) settle(ctx context.Context, job task, err error) error {
	log := b.queue.log.With("lane", string(b.lane.name), "job", job.ID, "kind", job.Kind, "course", job.Course, "ref", job.Ref)
	switch judge(err, job.Runs) {
	case done:
		b.lane.counters.done.Add(1)
	case dropped:
		b.lane.counters.dropped.Add(1)
		log.Warn("job failed, the store decides on another try", "error", err)
	case archived:
		return b.refuse(job, job.Kind, err)
	case again:
		var retry *retryError
		errors.As(err, &retry)
		b.lane.counters.retried.Add(1)
		log.Info("job runs again", "after", retry.after, "runs", job.Runs+1, "cause", retry.cause)
		job.Runs++
		if err := b.rerun(ctx, job, retry.after); err != nil {
			log.Warn("job could not be put back, the store decides on another try", "error", err)
		}
	}
	return nil
}

// rerun puts a job back into the waiting room.
func (b *bench) rerun(ctx context.Context, job task, after time.Duration) error {
	job.At = time.Now().Add(after).UnixMilli()
	payload, err := job.encode()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownPatience)
	defer cancel()
	answer, err := b.queue.put(ctx, b.lane, job, payload)
	if err == nil && answer == full {
		err = ErrFull
	}
	return err
}

// refuse archives a job.
func (b *bench) refuse(job task, kind string, err error) error {
	b.lane.counters.archived.Add(1)
	b.queue.log.Error("job archived", "lane", string(b.lane.name), "job", job.ID, "kind", kind, "course", job.Course, "ref", job.Ref, "error", err)
	return fmt.Errorf("%w: %w", err, asynq.SkipRetry)
}

// enter notes a running job; leave takes what it returns.
func (b *bench) enter(job task) (run uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.running) == 0 {
		b.idle = make(chan struct{})
	}
	b.runs++
	b.running[b.runs] = job.entry()
	b.lane.counters.running.Add(1)
	return b.runs
}

func (b *bench) leave(run uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.running, run)
	b.lane.counters.running.Add(-1)
	if len(b.running) == 0 {
		close(b.idle)
	}
}

// now returns the entries that run, and a channel that is closed when none does.
func (b *bench) now() (entries []string, idle <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, entry := range b.running {
		entries = append(entries, entry)
	}
	return entries, b.idle
}

func (b *bench) stop(ctx context.Context) error {
	within(shutdownPatience, b.server.Stop)
	_, idle := b.now()
	select {
	case <-idle:
	case <-ctx.Done():
	}
	back, _ := b.now()
	finished := within(shutdownPatience, func() {
		b.server.Shutdown()
		b.queue.serving.Done()
	})
	b.end()
	var left []string
	_, idle = b.now()
	timer := time.NewTimer(lastGrace)
	defer timer.Stop()
	select {
	case <-idle:
	case <-timer.C:
		left, _ = b.now()
	}
	b.feeder.stop()
	var errs []error
	if len(back) > 0 {
		errs = append(errs, fmt.Errorf("%d jobs were running and went back to the queue", len(back)))
	}
	if len(left) > 0 {
		errs = append(errs, fmt.Errorf("%d handlers ignore that their context has ended", len(left)))
	}
	if !finished {
		errs = append(errs, errors.New("redis did not answer in time"))
	}
	if len(errs) > 0 {
		return fmt.Errorf("stopping lane %s: %w", b.lane.name, errors.Join(errs...))
	}
	return nil
}
