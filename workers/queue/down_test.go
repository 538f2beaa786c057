package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
)

func TestConfigIsChecked(t *testing.T) {
	for name, c := range map[string]struct {
		config Config
		want   string
	}{
		"prefix with braces":  {Config{Prefix: "a{b}"}, "prefix"},
		"prefix in capitals":  {Config{Prefix: "A"}, "prefix"},
		"prefix too long":     {Config{Prefix: strings.Repeat("a", 41)}, "prefix"},
		"negative timeout":    {Config{BackgroundTimeout: -1}, "negative"},
		"negative limit":      {Config{MaxJobs: -1}, "negative"},
		"not a URL":           {Config{RedisURL: "redis://:se/cret@host:1"}, "%2F"},
		"not a Redis":         {Config{RedisURL: "http://:secret@host"}, "scheme"},
		"no database":         {Config{RedisURL: "redis://:secret@host/x"}, "database"},
		"an unknown option":   {Config{RedisURL: "redis://:secret@host/1?secretive=1"}, "secretive"},
		"a port out of range": {Config{RedisURL: "redis://:secret@host:port/1"}, "redis://"},
	} {
		q, err := Open(t.Context(), c.config)
		if err == nil {
			t.Errorf("%s: it opened", name)
			q.Close()
			continue
		}
		if !strings.Contains(err.Error(), c.want) || errors.Is(err, ports.ErrUnavailable) {
			t.Errorf("%s: the error is %q, want something about %q", name, err, c.want)
		}
		if text := strings.ReplaceAll(err.Error(), "secretive", ""); strings.Contains(text, "secret") || strings.Contains(text, "cret@") {
			t.Errorf("%s: the error shows the password: %s", name, err)
		}
	}
}

func TestUnreachableAtStart(t *testing.T) {
	url := "unix://" + t.TempDir() + "/none"
	if _, err := Open(t.Context(), Config{RedisURL: url}); !errors.Is(err, ports.ErrUnavailable) || !strings.Contains(err.Error(), "/none") {
		t.Errorf("opening: %v, want an ErrUnavailable that says where", err)
	}
	if _, err := Open(t.Context(), Config{RedisURL: "redis://someone:secret@127.0.0.1:1/3"}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("opening: %v, want an error without the password", err)
	}
	q := open(t, Config{RedisURL: url, AllowDown: true})
	checkDown(t, q)
	if _, err := q.Subscribe(t.Context(), "a"); !errors.Is(err, ports.ErrUnavailable) {
		t.Errorf("subscribing: %v", err)
	}
	if _, err := q.Stats(t.Context()); !errors.Is(err, ports.ErrUnavailable) {
		t.Errorf("statistics: %v", err)
	}
	w := start(t, q, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := w.Stop(ctx); err != nil {
		t.Logf("stopping: %v", err)
	}
}

// checkDown calls what a page calls while Redis is away: all fail, and few of them ask Redis.
func checkDown(t *testing.T, q *Queue) {
	t.Helper()
	asked := 0
	check := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, ports.ErrUnavailable) || errors.Is(err, ErrFull) {
			t.Errorf("%s: %v", what, err)
		}
		if err != nil && !strings.Contains(err.Error(), "a moment ago") {
			asked++
		}
	}
	for i := range 50 {
		check("enqueueing", q.Enqueue(t.Context(), interactive(fmt.Sprint("down ", i), "k")))
		check("publishing", q.Publish(t.Context(), ports.Message{Topic: "a", Kind: "k"}))
		ok, _, err := q.Allow(t.Context(), "k", ports.Rate{Events: 1, Period: time.Second})
		check("limiting", err)
		if ok {
			t.Error("without Redis something was allowed")
		}
	}
	if asked > 50 {
		t.Errorf("%d of 150 calls waited for a Redis that is known to be away", asked)
	}
}

func TestRedisDiesAndComesBack(t *testing.T) {
	r := startRedis(t)
	q := open(t, Config{RedisURL: r.url})
	var c runs
	start(t, q, map[string]Handler{"k": &c})
	messages, err := q.Subscribe(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	mustEnqueue(t, q, interactive("before", "k"))
	wait(t, "it works", func() bool { return c.of("before") == 1 })

	for round := range 3 {
		r.kill()
		checkDown(t, q)
		r.start(t)
		id := fmt.Sprint("after ", round)
		wait(t, "jobs are taken again", func() bool { return q.Enqueue(t.Context(), interactive(id, "k")) == nil })
		wait(t, "jobs run again", func() bool { return c.of(id) > 0 })
		if message := <-messages; message.Kind != KindGap {
			t.Errorf("the subscriber got %+v, want a gap for what it missed", message)
		}
		wait(t, "messages are sent again", func() bool {
			return q.Publish(t.Context(), ports.Message{Topic: "a", Kind: "k", ID: id}) == nil
		})
		if message := <-messages; message.ID != id {
			t.Errorf("the subscriber got %+v, want %s", message, id)
		}
	}
	s, err := q.Stats(t.Context())
	if err != nil || s.Bus.Reconnects != 3 {
		t.Errorf("%d reconnects, error %v; want 3", s.Bus.Reconnects, err)
	}
}

// TestRedisHangs stops redis-server, which then takes connections but never answers.
func TestRedisHangs(t *testing.T) {
	r := startRedis(t)
	q := open(t, Config{RedisURL: r.url})
	var c runs
	w := start(t, q, map[string]Handler{"k": &c})
	mustEnqueue(t, q, interactive("before", "k"))
	wait(t, "it works", func() bool { return c.of("before") == 1 })
	if err := r.process.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	checkDown(t, q)
	if err := r.process.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	wait(t, "jobs are taken again", func() bool { return q.Enqueue(t.Context(), interactive("after", "k")) == nil })
	wait(t, "jobs run again", func() bool { return c.of("after") > 0 })

	if err := r.process.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- w.Stop(t.Context()) }()
	wait(t, "the workers stop", func() bool { return len(stopped) == 1 })
	if err := <-stopped; err == nil {
		t.Error("stopping reports nothing although Redis hangs")
	}
	if err := r.process.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
}

func TestCallerWhoLeavesIsNotRedissFault(t *testing.T) {
	r := startRedis(t)
	q := open(t, Config{RedisURL: r.url})
	if err := r.process.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := q.Enqueue(ctx, interactive("a", "k")); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ports.ErrUnavailable) {
		t.Errorf("enqueueing: %v, want the caller's own deadline", err)
	}
	if err := r.process.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := q.Enqueue(t.Context(), interactive("b", "k")); err != nil {
		t.Errorf("the next caller: %v", err)
	}
}

// runs counts runs by job id.
type runs struct {
	mu sync.Mutex
	n  map[string]int
}

// Handle implements Handler.
func (r *runs) Handle(_ context.Context, job ports.Job) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.n == nil {
		r.n = map[string]int{}
	}
	r.n[job.ID]++
	return nil
}

func (r *runs) of(id string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n[id]
}

func TestBreaker(t *testing.T) {
	b := breaker{pause: time.Second}
	now := time.Unix(1_700_000_000, 0)
	for range 2 {
		if !b.allow(now) {
			t.Error("it refuses while all is well")
		}
	}
	b.report(now, false)
	if b.allow(now) || b.allow(now.Add(999*time.Millisecond)) {
		t.Error("it allows during the pause")
	}
	later := now.Add(time.Second)
	if !b.allow(later) {
		t.Error("nobody may try after the pause")
	}
	if b.allow(later) {
		t.Error("more than one may try at a time")
	}
	b.report(later, true)
	for range 2 {
		if !b.allow(later) {
			t.Error("it refuses although a try worked")
		}
	}
	never := breaker{}
	never.report(now, false)
	if !never.allow(now) {
		t.Error("without a pause it refuses")
	}
}
