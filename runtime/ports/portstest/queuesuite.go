package portstest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// QueueRig is an implementation under test, fresh for each test.
type QueueRig struct {
	Queue ports.Queue
	// Work runs handlers, by kind of job, up to 16 at a time in each lane, until the test ends.
	Work func(handlers map[string]Handler)
	// Pass lets time pass; nil where it passes by itself.
	Pass func(time.Duration)
}

// QueueSuite says what a ports.Queue and its workers have to do.
func QueueSuite(t *testing.T, open func(t *testing.T) QueueRig) {
	for name, test := range map[string]func(*testing.T, QueueRig){
		"a job arrives as it was handed over":          jobArrives,
		"many jobs run once each":                      jobsRunOnce,
		"a job that waits is not taken again":          waitingIsNotRepeated,
		"a job that runs is not taken again":           runningIsNotRepeated,
		"an id is free when its job is over":           idIsFreed,
		"a job that failed does not run again":         failedDoesNotRepeat,
		"a job does not run before its time":           notBeforeItsTime,
		"a job that waits for its time is not doubled": waitingForItsTime,
		"lanes do not wait for each other":             lanesAreApart,
		"courses take turns":                           coursesTakeTurns,
		"jobs nobody could run are refused":            invalidJobs,
		"hostile names are names":                      hostileNames,
		"a caller who left is told so":                 callerLeft,
		"one id never runs twice at a time":            hammerOneID,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func enqueue(t *testing.T, rig QueueRig, jobs ...ports.Job) {
	t.Helper()
	for _, job := range jobs {
		if err := rig.Queue.Enqueue(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
}

func quick(id string) ports.Job {
	return ports.Job{ID: id, Kind: "count", Lane: ports.LaneInteractive, Course: "course-v1:A+B+C", Ref: id}
}

// counter counts runs by the job's id.
type counter struct {
	mu   sync.Mutex
	runs map[string]int
	seq  []ports.Job
}

func (c *counter) handle(_ context.Context, job ports.Job) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.runs == nil {
		c.runs = map[string]int{}
	}
	c.runs[job.ID]++
	c.seq = append(c.seq, job)
	return nil
}

func (c *counter) of(id string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.runs[id]
}

func (c *counter) order() []ports.Job {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]ports.Job(nil), c.seq...)
}

// settle waits until 40 more jobs of the same lane and course have run, so that whatever was to come before has come.
func (c *counter) settle(t *testing.T, rig QueueRig, name string) {
	t.Helper()
	for i := range 40 {
		id := fmt.Sprintf("settle %s %d", name, i)
		enqueue(t, rig, quick(id))
		eventually(t, id+" runs", func() bool { return c.of(id) == 1 })
	}
}

func jobArrives(t *testing.T, rig QueueRig) {
	jobs := make(chan ports.Job, 10)
	rig.Work(map[string]Handler{"first": func(_ context.Context, job ports.Job) error {
		jobs <- job
		return nil
	}, "second": func(context.Context, ports.Job) error { return errors.New("the wrong handler") }})
	for _, want := range []ports.Job{
		{ID: "s1#1", Kind: "first", Lane: ports.LaneInteractive, Course: "course-v1:A+B+C", Ref: "s1"},
		{ID: "s2#1", Kind: "first", Lane: ports.LaneBackground, Ref: "s2"},
		{ID: "s3#1", Kind: "first", Lane: ports.LaneBackground, Course: "course-v1:A+B+C"},
	} {
		enqueue(t, rig, want)
		if got := receive(t, "job", jobs); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func jobsRunOnce(t *testing.T, rig QueueRig) {
	var c counter
	rig.Work(map[string]Handler{"count": c.handle})
	const n = 300
	for i := range n {
		job := quick(fmt.Sprint("job ", i))
		job.Course = fmt.Sprint("course ", i%7)
		if i%3 == 0 {
			job.Lane = ports.LaneBackground
		}
		enqueue(t, rig, job)
	}
	for i := range n {
		id := fmt.Sprint("job ", i)
		eventually(t, id+" runs", func() bool { return c.of(id) > 0 })
	}
	c.settle(t, rig, "many")
	for i := range n {
		if id := fmt.Sprint("job ", i); c.of(id) != 1 {
			t.Errorf("%s ran %d times, want once", id, c.of(id))
		}
	}
}

func waitingIsNotRepeated(t *testing.T, rig QueueRig) {
	first := quick("one")
	first.Ref = "first"
	second := quick("one")
	second.Ref = "second"
	enqueue(t, rig, first, second, first)
	var c counter
	rig.Work(map[string]Handler{"count": c.handle})
	eventually(t, "the job runs", func() bool { return c.of("one") > 0 })
	c.settle(t, rig, "waiting")
	if c.of("one") != 1 {
		t.Errorf("the job ran %d times, want once", c.of("one"))
	}
	if ref := c.order()[0].Ref; ref != "first" {
		t.Errorf("the job ran as it was handed over the second time: %q", ref)
	}
}

func runningIsNotRepeated(t *testing.T, rig QueueRig) {
	var c counter
	started, release := make(chan struct{}), make(chan struct{})
	rig.Work(map[string]Handler{"count": c.handle, "block": func(ctx context.Context, job ports.Job) error {
		if err := c.handle(ctx, job); err != nil {
			return err
		}
		started <- struct{}{}
		<-release
		return nil
	}})
	job := quick("slow")
	job.Kind = "block"
	enqueue(t, rig, job)
	receive(t, "start of the job", started)
	enqueue(t, rig, job)
	later := job
	later.At = time.Now().Add(time.Hour)
	enqueue(t, rig, later)
	close(release)
	c.settle(t, rig, "running")
	if c.of("slow") != 1 {
		t.Errorf("the job ran %d times, want once", c.of("slow"))
	}
}

func idIsFreed(t *testing.T, rig QueueRig) {
	var c counter
	rig.Work(map[string]Handler{"count": c.handle})
	enqueue(t, rig, quick("again"))
	eventually(t, "the job runs", func() bool { return c.of("again") == 1 })
	// Its worker may still be noting the end, so it may take more than one go.
	eventually(t, "the job is taken again", func() bool {
		enqueue(t, rig, quick("again"))
		return c.of("again") > 1
	})
}

func failedDoesNotRepeat(t *testing.T, rig QueueRig) {
	var c counter
	rig.Work(map[string]Handler{"count": c.handle, "fail": func(ctx context.Context, job ports.Job) error {
		return errors.Join(c.handle(ctx, job), errors.New("no luck"))
	}})
	job := quick("failing")
	job.Kind = "fail"
	enqueue(t, rig, job)
	eventually(t, "the job runs", func() bool { return c.of("failing") == 1 })
	c.settle(t, rig, "failed")
	if c.of("failing") != 1 {
		t.Errorf("the job ran %d times, want once", c.of("failing"))
	}
	eventually(t, "its id is free", func() bool {
		enqueue(t, rig, job)
		return c.of("failing") > 1
	})
}

func notBeforeItsTime(t *testing.T, rig QueueRig) {
	var c counter
	times := make(chan time.Time, 1)
	rig.Work(map[string]Handler{"count": c.handle, "time": func(context.Context, ports.Job) error {
		times <- time.Now()
		return nil
	}})
	wait := 700 * time.Millisecond
	job := quick("later")
	job.Kind, job.At = "time", time.Now().Add(wait)
	enqueue(t, rig, job)
	past := quick("past")
	past.At = time.Now().Add(-time.Hour)
	enqueue(t, rig, past)
	eventually(t, "a job whose time is past runs", func() bool { return c.of("past") == 1 })
	if rig.Pass != nil {
		if len(times) > 0 {
			t.Error("it ran before its time")
		}
		rig.Pass(wait + time.Minute)
		receive(t, "run of the later job", times)
		return
	}
	if ran := receive(t, "run of the later job", times); ran.Before(job.At) {
		t.Errorf("it ran %s too early", job.At.Sub(ran))
	}
}

func waitingForItsTime(t *testing.T, rig QueueRig) {
	var c counter
	rig.Work(map[string]Handler{"count": c.handle})
	wait := 500 * time.Millisecond
	job := quick("later")
	job.At = time.Now().Add(wait)
	enqueue(t, rig, job, job, quick("later"))
	if rig.Pass != nil {
		rig.Pass(wait + time.Minute)
	}
	eventually(t, "the job runs", func() bool { return c.of("later") > 0 })
	c.settle(t, rig, "later")
	if c.of("later") != 1 {
		t.Errorf("the job ran %d times, want once", c.of("later"))
	}
}

func lanesAreApart(t *testing.T, rig QueueRig) {
	var c counter
	release := make(chan struct{})
	rig.Work(map[string]Handler{"count": c.handle, "block": func(context.Context, ports.Job) error {
		<-release
		return nil
	}})
	defer close(release)
	for i := range 200 {
		enqueue(t, rig, ports.Job{ID: fmt.Sprint("long ", i), Kind: "block", Lane: ports.LaneBackground, Course: fmt.Sprint(i % 5)})
	}
	enqueue(t, rig, quick("short"))
	eventually(t, "a job of the other lane runs", func() bool { return c.of("short") == 1 })
}

func coursesTakeTurns(t *testing.T, rig QueueRig) {
	const flood = 400
	for i := range flood {
		job := quick(fmt.Sprint("flood ", i))
		job.Course = "flooding"
		enqueue(t, rig, job)
	}
	for i := range 5 {
		job := quick(fmt.Sprint("drop ", i))
		job.Course = "quiet"
		enqueue(t, rig, job)
	}
	var c counter
	rig.Work(map[string]Handler{"count": c.handle})
	for i := range 5 {
		id := fmt.Sprint("drop ", i)
		eventually(t, id+" runs", func() bool { return c.of(id) == 1 })
	}
	eventually(t, "the flood passes", func() bool { return len(c.order()) == flood+5 })
	for at, job := range c.order() {
		// 100 is far more than a fair queue with 16 slots needs, and far less than a plain one.
		if job.Course == "quiet" && at >= 100 {
			t.Errorf("%s came only after %d jobs of the flood", job.ID, at)
		}
	}
}

func invalidJobs(t *testing.T, rig QueueRig) {
	for name, spoil := range map[string]func(*ports.Job){
		"no id":           func(j *ports.Job) { j.ID = "" },
		"no kind":         func(j *ports.Job) { j.Kind = "" },
		"no lane":         func(j *ports.Job) { j.Lane = "" },
		"unknown lane":    func(j *ports.Job) { j.Lane = "express" },
		"id too long":     func(j *ports.Job) { j.ID = strings.Repeat("x", 1025) },
		"kind too long":   func(j *ports.Job) { j.Kind = strings.Repeat("x", 65) },
		"course too long": func(j *ports.Job) { j.Course = strings.Repeat("x", 1025) },
		"ref too long":    func(j *ports.Job) { j.Ref = strings.Repeat("x", 1025) },
		"id not UTF-8":    func(j *ports.Job) { j.ID = "\xff" },
		"ref not UTF-8":   func(j *ports.Job) { j.Ref = "a\xff" },
	} {
		job := quick("good")
		spoil(&job)
		if err := rig.Queue.Enqueue(t.Context(), job); err == nil || errors.Is(err, ports.ErrUnavailable) {
			t.Errorf("%s: the error is %v, want one that says the job is invalid", name, err)
		}
	}
}

func hostileNames(t *testing.T, rig QueueRig) {
	jobs := make(chan ports.Job, 1)
	rig.Work(map[string]Handler{"a:b {c}\n": func(_ context.Context, job ports.Job) error {
		jobs <- job
		return nil
	}})
	for _, name := range []string{
		"3:abc", "12:", "{}", "{a}b", "a\x00b\nc\r\n", "*", "%s%d", "\"'`--", "é漢字", " lead and trail ", "asynq:{x}:t:1",
		strings.Repeat("\x01", 1024),
	} {
		want := ports.Job{ID: name, Kind: "a:b {c}\n", Lane: ports.LaneInteractive, Course: name, Ref: name}
		enqueue(t, rig, want)
		if got := receive(t, "job", jobs); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func callerLeft(t *testing.T, rig QueueRig) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := rig.Queue.Enqueue(ctx, quick("late")); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v, want context.Canceled", err)
	}
}

func hammerOneID(t *testing.T, rig QueueRig) {
	var mu sync.Mutex
	running, runs := map[string]bool{}, 0
	var c counter
	rig.Work(map[string]Handler{"count": c.handle, "alone": func(_ context.Context, job ports.Job) error {
		mu.Lock()
		if running[job.ID] {
			t.Errorf("%s runs twice at a time", job.ID)
		}
		running[job.ID] = true
		runs++
		mu.Unlock()
		time.Sleep(time.Millisecond)
		mu.Lock()
		defer mu.Unlock()
		delete(running, job.ID)
		return nil
	}})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 100 {
				job := quick(fmt.Sprint("id ", i%5))
				job.Kind = "alone"
				if err := rig.Queue.Enqueue(t.Context(), job); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	c.settle(t, rig, "hammered")
	mu.Lock()
	defer mu.Unlock()
	if runs < 5 {
		t.Errorf("%d runs, want each of 5 ids at least once", runs)
	}
}
