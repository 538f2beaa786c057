package queue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"github.com/quoin-lms/quoin/runtime/ports"
)

func interactive(id, kind string) ports.Job {
	return ports.Job{ID: id, Kind: kind, Lane: ports.LaneInteractive, Course: "course-v1:A+B+C", Ref: id}
}

func mustEnqueue(t testing.TB, q *Queue, jobs ...ports.Job) {
	t.Helper()
	for _, job := range jobs {
		if err := q.Enqueue(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
}

// state is where asynq has a job, "" if nowhere.
func state(t *testing.T, q *Queue, lane ports.Lane, id string) string {
	t.Helper()
	queue := q.lanes[lane].asynq
	for _, list := range []func(string, ...asynq.ListOption) ([]*asynq.TaskInfo, error){
		q.inspector.ListPendingTasks, q.inspector.ListActiveTasks, q.inspector.ListRetryTasks, q.inspector.ListArchivedTasks,
	} {
		tasks, err := list(queue, asynq.PageSize(1000))
		if errors.Is(err, asynq.ErrQueueNotFound) {
			return ""
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, info := range tasks {
			if job, _ := decodeTask(info.Payload); job.ID == id || info.ID == id {
				return info.State.String()
			}
		}
	}
	return ""
}

// logBuffer collects log lines.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *logBuffer) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func TestArchived(t *testing.T) {
	onEach(t, func(t *testing.T, config Config) {
		var log logBuffer
		config.Logger = log.logger()
		q := open(t, config)
		var runs atomic.Int64
		count := func(err func() error) Handler {
			return HandlerFunc(func(context.Context, ports.Job) error {
				runs.Add(1)
				return err()
			})
		}
		start(t, q, map[string]Handler{
			"archive": count(func() error { return fmt.Errorf("grading: %w", Archive(errors.New("no such block"))) }),
			"panic":   count(func() error { panic("off the rails") }),
			"good":    count(func() error { return nil }),
		})
		for _, kind := range []string{"archive", "panic", "unknown"} {
			mustEnqueue(t, q, interactive(kind, kind))
			wait(t, kind+" is archived", func() bool { return state(t, q, ports.LaneInteractive, kind) == "archived" })
		}
		for _, want := range []string{"no such block", "off the rails", "workers_test.go", `no handler for jobs of kind \"unknown\"`} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log does not say %q", want)
			}
		}
		s, err := q.Stats(t.Context())
		if err != nil || s.Interactive.Archived != 3 || runs.Load() != 2 {
			t.Errorf("%d archived, %d runs, error %v; want 3 and 2", s.Interactive.Archived, runs.Load(), err)
		}
		// An archived job neither waits nor runs, so its id is free.
		mustEnqueue(t, q, interactive("archive", "good"))
		wait(t, "the id is free", func() bool { return runs.Load() == 3 })
	})
}

func TestUnknownLayoutIsArchived(t *testing.T) {
	onEach(t, func(t *testing.T, config Config) {
		var log logBuffer
		config.Logger = log.logger()
		q := open(t, config)
		start(t, q, map[string]Handler{"k": HandlerFunc(func(context.Context, ports.Job) error {
			t.Error("the handler ran")
			return nil
		})})
		queue := q.lanes[ports.LaneBackground].asynq
		for id, payload := range map[string]string{
			"newer":   `{"v":2,"id":"newer","kind":"k","lane":"background"}`,
			"garbage": `{"v":1`,
			"empty":   ``,
			"no lane": `{"v":1,"id":"no lane","kind":"k"}`,
			"huge":    `{"v":1,"id":"huge","kind":"k","lane":"background","ref":"` + strings.Repeat("x", maxPayload) + `"}`,
		} {
			if _, err := q.tasks.Enqueue(asynq.NewTask("k", []byte(payload)), asynq.TaskID(id), asynq.Queue(queue), asynq.MaxRetry(1)); err != nil {
				t.Fatal(err)
			}
			wait(t, id+" is archived", func() bool { return state(t, q, ports.LaneBackground, id) == "archived" })
		}
		if want := "its layout is version 2, this worker knows 1"; !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q", want)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	onEach(t, func(t *testing.T, config Config) {
		q := open(t, config)
		times := make(chan time.Time, 100)
		start(t, q, map[string]Handler{"again": HandlerFunc(func(context.Context, ports.Job) error {
			now := time.Now()
			times <- now
			if len(times) < 3 {
				return RetryAfter(300*time.Millisecond, errors.New("the store is away"))
			}
			return nil
		})})
		mustEnqueue(t, q, interactive("a", "again"))
		wait(t, "it has run three times", func() bool { return len(times) == 3 })
		first, second, third := <-times, <-times, <-times
		if second.Sub(first) < 300*time.Millisecond || third.Sub(second) < 300*time.Millisecond {
			t.Errorf("runs came %s and %s apart, want at least 300 ms", second.Sub(first), third.Sub(second))
		}
		wait(t, "it is gone", func() bool { return state(t, q, ports.LaneInteractive, "a") == "" })
		if s, err := q.Stats(t.Context()); err != nil || s.Interactive.Retried != 2 || s.Interactive.Done != 1 {
			t.Errorf("%+v, error %v; want two retries and one done", s.Interactive, err)
		}
	})
}

func TestRetryAfterEnds(t *testing.T) {
	q := open(t, Config{})
	var runs atomic.Int64
	start(t, q, map[string]Handler{"again": HandlerFunc(func(context.Context, ports.Job) error {
		runs.Add(1)
		return RetryAfter(0, errors.New("never well"))
	})})
	mustEnqueue(t, q, interactive("a", "again"))
	wait(t, "it is archived", func() bool { return state(t, q, ports.LaneInteractive, "a") == "archived" })
	if n := runs.Load(); n != maxRuns+1 {
		t.Errorf("it ran %d times, want %d", n, maxRuns+1)
	}
}

func TestJudge(t *testing.T) {
	cause := errors.New("cause")
	for _, c := range []struct {
		err  error
		runs int
		want verdict
	}{
		{nil, 0, done},
		{cause, 0, dropped},
		{context.DeadlineExceeded, 0, dropped},
		{RetryAfter(0, cause), 0, again},
		{fmt.Errorf("wrapped: %w", RetryAfter(time.Hour, cause)), maxRuns - 1, again},
		{RetryAfter(0, cause), maxRuns, archived},
		{Archive(cause), 0, archived},
		{fmt.Errorf("wrapped: %w", Archive(RetryAfter(0, cause))), 0, archived},
	} {
		if got := judge(c.err, c.runs); got != c.want {
			t.Errorf("judging %v after %d runs: %d, want %d", c.err, c.runs, got, c.want)
		}
	}
	if !errors.Is(RetryAfter(0, cause), cause) || !errors.Is(Archive(cause), cause) {
		t.Error("the cause is hidden")
	}
}

func TestTimeoutEndsTheContext(t *testing.T) {
	q := open(t, Config{InteractiveTimeout: 50 * time.Millisecond})
	ended := make(chan error, 10)
	start(t, q, map[string]Handler{"slow": HandlerFunc(func(ctx context.Context, _ ports.Job) error {
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	})})
	mustEnqueue(t, q, interactive("a", "slow"))
	if err := <-ended; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the context ended with %v", err)
	}
	wait(t, "it is gone", func() bool { return state(t, q, ports.LaneInteractive, "a") == "" })
	if s, err := q.Stats(t.Context()); err != nil || s.Interactive.Dropped != 1 {
		t.Errorf("%+v, error %v; want one dropped", s.Interactive, err)
	}
}

func TestNoMoreThanTheSlots(t *testing.T) {
	onEach(t, func(t *testing.T, config Config) {
		config.Interactive, config.Background = 3, -1
		q := open(t, config)
		var now, most atomic.Int64
		var ran sync.WaitGroup
		const n = 40
		ran.Add(n)
		start(t, q, map[string]Handler{"k": HandlerFunc(func(context.Context, ports.Job) error {
			defer ran.Done()
			defer now.Add(-1)
			if c := now.Add(1); c > most.Load() {
				most.Store(c)
			}
			time.Sleep(2 * time.Millisecond)
			return nil
		})})
		for i := range n {
			job := interactive(fmt.Sprint(i), "k")
			job.Course = fmt.Sprint(i % 4)
			mustEnqueue(t, q, job)
		}
		mustEnqueue(t, q, ports.Job{ID: "elsewhere", Kind: "k", Lane: ports.LaneBackground})
		ran.Wait()
		if most.Load() > 3 {
			t.Errorf("%d handlers ran at a time, want at most 3", most.Load())
		}
		if s := state(t, q, ports.LaneBackground, "elsewhere"); s != "pending" {
			t.Errorf("a job of a lane that is not worked here is %q, want pending", s)
		}
	})
}

func TestStopWaitsForHandlers(t *testing.T) {
	onEach(t, func(t *testing.T, config Config) {
		q := open(t, config)
		started, release := make(chan struct{}), make(chan struct{})
		var finished atomic.Bool
		w, err := q.Start(map[string]Handler{"k": HandlerFunc(func(ctx context.Context, _ ports.Job) error {
			close(started)
			<-release
			finished.Store(ctx.Err() == nil)
			return nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		mustEnqueue(t, q, interactive("a", "k"))
		<-started
		stopped := make(chan error)
		go func() { stopped <- w.Stop(t.Context()) }()
		// asynq takes no more once it has stopped; what comes now stays.
		wait(t, "no more jobs are taken", func() bool {
			select {
			case err := <-stopped:
				t.Fatalf("it stopped while a handler ran, with %v", err)
			default:
			}
			id := fmt.Sprint("probe ", time.Now().UnixNano())
			job := interactive(id, "probe")
			job.Course = id
			mustEnqueue(t, q, job)
			time.Sleep(50 * time.Millisecond)
			return state(t, q, ports.LaneInteractive, id) == "pending"
		})
		close(release)
		if err := <-stopped; err != nil || !finished.Load() {
			t.Errorf("stopped with error %v, handler finished undisturbed: %t", err, finished.Load())
		}
		if s := state(t, q, ports.LaneInteractive, "a"); s != "" {
			t.Errorf("the finished job is still %s", s)
		}
	})
}

func TestStopHandsBack(t *testing.T) {
	onEach(t, func(t *testing.T, config Config) {
		q := open(t, config)
		started, left := make(chan struct{}), make(chan error, 1)
		w, err := q.Start(map[string]Handler{"k": HandlerFunc(func(ctx context.Context, _ ports.Job) error {
			close(started)
			<-ctx.Done()
			left <- ctx.Err()
			return ctx.Err()
		})})
		if err != nil {
			t.Fatal(err)
		}
		mustEnqueue(t, q, interactive("a", "k"))
		<-started
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := w.Stop(ctx); err == nil || !strings.Contains(err.Error(), "1 jobs were running and went back") {
			t.Errorf("stopping: %v, want that one job went back", err)
		}
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("the handler's context ended with %v", err)
		}
		again := make(chan string, 1)
		start(t, q, map[string]Handler{"k": HandlerFunc(func(_ context.Context, job ports.Job) error {
			again <- job.ID
			return nil
		})})
		if id := <-again; id != "a" {
			t.Errorf("the next worker got %q", id)
		}
	})
}

func TestStopReportsHandlersThatStay(t *testing.T) {
	q := open(t, Config{})
	started, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	w, err := q.Start(map[string]Handler{"k": HandlerFunc(func(context.Context, ports.Job) error {
		close(started)
		<-release
		return nil
	})})
	if err != nil {
		t.Fatal(err)
	}
	mustEnqueue(t, q, interactive("a", "k"))
	<-started
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Stop(ctx); err == nil || !strings.Contains(err.Error(), "1 handlers ignore that their context has ended") {
		t.Errorf("stopping: %v, want that one handler stays", err)
	}
}

// TestDeadWorkersJobsAreRemoved: what asynq recovers comes minutes after the store's sweeper.
func TestDeadWorkersJobsAreRemoved(t *testing.T) {
	var log logBuffer
	q := open(t, Config{Logger: log.logger()})
	queue := q.lanes[ports.LaneInteractive].asynq
	mustEnqueue(t, q, interactive("a", "k"))
	// A server of asynq's own that fails leaves the job as asynq's recovery does: to be retried.
	dead := asynq.NewServerFromRedisClient(q.consumers, asynq.Config{
		Queues: map[string]int{queue: 1}, TaskCheckInterval: 10 * time.Millisecond, LogLevel: asynq.FatalLevel,
		RetryDelayFunc: func(int, error, *asynq.Task) time.Duration { return 0 },
	})
	if err := dead.Start(asynq.HandlerFunc(func(context.Context, *asynq.Task) error { return asynq.ErrLeaseExpired })); err != nil {
		t.Fatal(err)
	}
	wait(t, "the job is to be retried", func() bool { return state(t, q, ports.LaneInteractive, "a") == "retry" })
	dead.Shutdown()
	var c runs
	start(t, q, map[string]Handler{"k": &c})
	wait(t, "the job is removed", func() bool {
		if c.of("a") != 0 {
			t.Fatal("its handler ran")
		}
		return strings.Contains(log.String(), "job of a dead worker removed")
	})
	// Its hold has not been refreshed, so it lapses, and the sweeper may hand it over again.
	wait(t, "it is accepted and runs", func() bool {
		mustEnqueue(t, q, interactive("a", "k"))
		return c.of("a") == 1
	})
}
