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

// laneWorker works one lane in this process.
type laneWorker struct {
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

func (q *Queue) newLaneWorker(l *lane, handlers map[string]Handler) (*laneWorker, error) {
	w := &laneWorker{lane: l, queue: q, handlers: handlers, running: map[uint64]string{}, idle: make(chan struct{})}
	close(w.idle)
	w.ended, w.end = context.WithCancel(context.Background())
	w.server = asynq.NewServerFromRedisClient(redis.UniversalClient(q.consumers), asynq.Config{
		Concurrency:       l.slots,
		Queues:            map[string]int{l.asynq: 1},
		TaskCheckInterval: l.poll,
		ShutdownTimeout:   abortGrace,
		// Only the recovery of a dead worker's jobs comes by here.
		RetryDelayFunc: func(int, error, *asynq.Task) time.Duration { return 0 },
		Logger:         asynqLogger{q.log.With("lane", string(l.name))},
		LogLevel:       asynq.WarnLevel,
	})
	w.feeder = newFeeder(w)
	if err := w.server.Start(asynq.HandlerFunc(w.process)); err != nil {
		w.end()
		w.feeder.stop()
		return nil, fmt.Errorf("lane %s: %w", l.name, err)
	}
	q.serving.Add(1)
	return w, nil
}

// process is one run of one job.
func (w *laneWorker) process(ctx context.Context, t *asynq.Task) error {
	job, err := decodeTask(t.Payload())
	if err != nil {
		return w.refuse(job, t.Type(), err)
	}
	if retried, ok := asynq.GetRetryCount(ctx); ok && retried > 0 {
		// Minutes ago its worker died, or lost Redis for long. Since then the store's sweeper has handed it over again.
		w.queue.log.Info("job of a dead worker removed", "lane", string(w.lane.name), "job", job.ID, "kind", job.Kind)
		return nil
	}
	start := time.Now()
	w.lane.counters.wait.observe(start.Sub(time.UnixMicro(max(job.Since, job.At*1000))))
	run := w.enter(job)
	err = w.handle(ctx, job)
	took := time.Since(start)
	w.lane.ran(took)
	w.lane.counters.run.observe(took)
	// Once the worker has ended, the job is back in the queue, for others to settle.
	if w.ended.Err() == nil {
		w.feeder.finished(job.entry())
		err = w.settle(ctx, job, err)
	}
	w.leave(run)
	return err
}

func (w *laneWorker) handle(ctx context.Context, job task) error {
	handler, known := w.handlers[job.Kind]
	if !known {
		return Archive(fmt.Errorf("no handler for jobs of kind %q", job.Kind))
	}
	ctx, cancel := context.WithTimeout(ctx, w.lane.timeout)
	defer cancel()
	defer context.AfterFunc(w.ended, cancel)()
	return guarded(ctx, handler, job.job())
}

// settle decides by the handler's error what becomes of the job, and says it to asynq, which forgets it if that is nil.
func (w *laneWorker) settle(ctx context.Context, job task, err error) error {
	log := w.queue.log.With("lane", string(w.lane.name), "job", job.ID, "kind", job.Kind, "course", job.Course, "ref", job.Ref)
	switch judge(err, job.Runs) {
	case done:
		w.lane.counters.done.Add(1)
	case dropped:
		w.lane.counters.dropped.Add(1)
		log.Warn("job failed, the store decides on another try", "error", err)
	case archived:
		return w.refuse(job, job.Kind, err)
	case again:
		var retry *retryError
		errors.As(err, &retry)
		w.lane.counters.retried.Add(1)
		log.Info("job runs again", "after", retry.after, "runs", job.Runs+1, "cause", retry.cause)
		job.Runs++
		if err := w.rerun(ctx, job, retry.after); err != nil {
			log.Warn("job could not be put back, the store decides on another try", "error", err)
		}
	}
	return nil
}

// rerun puts a job back into the waiting room.
func (w *laneWorker) rerun(ctx context.Context, job task, after time.Duration) error {
	job.At = time.Now().Add(after).UnixMilli()
	payload, err := job.encode()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownPatience)
	defer cancel()
	answer, err := w.queue.put(ctx, w.lane, job, payload)
	if err == nil && answer == full {
		err = ErrFull
	}
	return err
}

// refuse archives a job.
func (w *laneWorker) refuse(job task, kind string, err error) error {
	w.lane.counters.archived.Add(1)
	w.queue.log.Error("job archived", "lane", string(w.lane.name), "job", job.ID, "kind", kind, "course", job.Course, "ref", job.Ref, "error", err)
	return fmt.Errorf("%w: %w", err, asynq.SkipRetry)
}

// enter notes a running job; leave takes what it returns.
func (w *laneWorker) enter(job task) (run uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.running) == 0 {
		w.idle = make(chan struct{})
	}
	w.runs++
	w.running[w.runs] = job.entry()
	w.lane.counters.running.Add(1)
	return w.runs
}

func (w *laneWorker) leave(run uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.running, run)
	w.lane.counters.running.Add(-1)
	if len(w.running) == 0 {
		close(w.idle)
	}
}

// now returns the entries that run, and a channel that is closed when none does.
func (w *laneWorker) now() (entries []string, idle <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, entry := range w.running {
		entries = append(entries, entry)
	}
	return entries, w.idle
}

func (w *laneWorker) stop(ctx context.Context) error {
	within(shutdownPatience, w.server.Stop)
	_, idle := w.now()
	select {
	case <-idle:
	case <-ctx.Done():
	}
	back, _ := w.now()
	finished := within(shutdownPatience, func() {
		w.server.Shutdown()
		w.queue.serving.Done()
	})
	w.end()
	var left []string
	_, idle = w.now()
	timer := time.NewTimer(lastGrace)
	defer timer.Stop()
	select {
	case <-idle:
	case <-timer.C:
		left, _ = w.now()
	}
	w.feeder.stop()
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
		return fmt.Errorf("stopping lane %s: %w", w.lane.name, errors.Join(errs...))
	}
	return nil
}
