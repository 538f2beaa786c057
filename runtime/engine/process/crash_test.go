package process

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func TestCrashesAreTypedAndTheNextCallFindsANewProcess(t *testing.T) {
	c := start(t, Config{Crashes: 100, Backoff: 1})
	for request, words := range map[string][]string{
		"exit 0":           {"exit status 0", "the probe leaves with 0"},
		"exit 7":           {"exit status 7"},
		"crash and burn":   {"exit status 2", "panic: and burn", "goroutine"},
		"kill from inside": {},
	} {
		pid := pidOf(t, c)
		if request == "kill from inside" {
			release := occupyFailing(t, c, wire.CodeTrap)
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			release()
		} else {
			_, err := within(t, c, time.Minute, request)
			wants(t, err, wire.CodeTrap, words...)
		}
		if got := pidOf(t, c); got == pid {
			t.Errorf("%s: still process %d", request, pid)
		}
	}
	if s := c.Status(); s.Failures != 4 || s.Starts != 5 || s.Reason == "" || s.Broken {
		t.Errorf("status %+v", s)
	}
}

// occupyFailing keeps a call running that must end with the code; release waits for that.
func occupyFailing(t *testing.T, c *Conn, code wire.Code) (release func()) {
	t.Helper()
	running := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_, err := c.Call(ctx, engine.Call{Frame: []byte("ask 1000000000"), Service: func(context.Context, []byte) []byte {
			select {
			case running <- struct{}{}:
			default:
			}
			return nil
		}})
		var failed *wire.Error
		if !errors.As(err, &failed) || failed.Code != code {
			t.Errorf("got %v, want code %s", err, code)
		}
	})
	<-running
	return done.Wait
}

func TestBrokenAfterRepeatedCrashes(t *testing.T) {
	c := start(t, Config{Crashes: 3, Backoff: 1})
	for range 3 {
		_, err := within(t, c, time.Minute, "exit 9")
		wants(t, err, wire.CodeTrap)
	}
	for range 2 {
		_, err := within(t, c, time.Minute, "echo x")
		wants(t, err, wire.CodeBroken, "probe", "3 failures", "exit status 9", "the probe leaves with 9")
	}
	if s := c.Status(); !s.Broken || s.PID != 0 || s.Starts != 3 || s.Failures != 3 {
		t.Errorf("status %+v", s)
	}
}

func TestCallsDuringALongBackoffAreRefusedAtOnce(t *testing.T) {
	c := start(t, Config{Backoff: time.Hour})
	for range 2 {
		_, err := within(t, c, time.Minute, "exit 1")
		wants(t, err, wire.CodeTrap)
	}
	_, err := within(t, c, time.Minute, "echo x")
	wants(t, err, wire.CodeUnavailable, "restarted", "exit status 1")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	_, err = c.Call(ctx, engine.Call{Frame: []byte("echo x")})
	wants(t, err, wire.CodeUnavailable, "restarted")
}

func TestDeadlineLeavesTheProcessToOthers(t *testing.T) {
	c := start(t, Config{})
	pid := pidOf(t, c)
	_, err := within(t, c, 20*time.Millisecond, "sleep 300ms")
	wants(t, err, wire.CodeDeadline)
	if got := pidOf(t, c); got != pid {
		t.Errorf("process %d became %d", pid, got)
	}
	// The abandoned call's stream is used again when it has ended.
	i := c.current
	eventually(t, "the call ends", func() bool { return len(i.slots) == 0 }, func() string { return fmt.Sprint(len(i.slots)) })
	i.mu.Lock()
	lanes := len(i.idle)
	i.mu.Unlock()
	for range 3 {
		if got := say(t, c, "echo fresh"); got != "fresh" {
			t.Errorf("got %q", got)
		}
	}
	if lanes != 2 || len(i.idle) != 2 || c.Status().Failures != 0 {
		t.Errorf("%d lanes, then %d, %d failures", lanes, len(i.idle), c.Status().Failures)
	}
}

func TestCancelledCallIsTold(t *testing.T) {
	c := start(t, Config{})
	pid := pidOf(t, c)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := c.Call(ctx, engine.Call{Frame: []byte("ask 1000000000"), Service: func(context.Context, []byte) []byte {
		cancel()
		return nil
	}})
	wants(t, err, wire.CodeDeadline, "given up")
	// Its services are refused from then on, so it ends soon, in the same process.
	i := c.current
	eventually(t, "the call ends", func() bool { return len(i.slots) == 0 }, func() string { return fmt.Sprint(len(i.slots)) })
	if got := pidOf(t, c); got != pid {
		t.Errorf("process %d became %d", pid, got)
	}
}

func TestEndlessLoopIsReplacedAndOthersFinish(t *testing.T) {
	c := start(t, Config{Grace: 2 * time.Second, Calls: 4})
	pid := pidOf(t, c)
	release := occupy(t, c, 1, false)
	defer release()
	_, err := within(t, c, 20*time.Millisecond, "spin")
	wants(t, err, wire.CodeDeadline)
	old := c.current
	<-old.retired
	release() // the call that somebody waits for ends in peace: this fails if it does not
	if got := pidOf(t, c); got == pid {
		t.Error("new calls still go to the process that spins")
	}
	<-old.gone
	if s := c.Status(); s.Failures != 1 || s.Starts != 2 {
		t.Errorf("status %+v", s)
	}
}

func TestLoopsInEverySlotDoNotBlockForLong(t *testing.T) {
	c := start(t, Config{Grace: 50 * time.Millisecond, Calls: 2, Crashes: 100})
	var done sync.WaitGroup
	for range 2 {
		done.Go(func() {
			if _, err := within(t, c, 20*time.Millisecond, "spin"); err == nil {
				t.Error("an endless loop ended")
			}
		})
	}
	done.Wait()
	if got, err := within(t, c, time.Minute, "echo x"); got != "x" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestCallWithoutADeadlineGetsOne(t *testing.T) {
	c := start(t, Config{Longest: 20 * time.Millisecond, Grace: 20 * time.Millisecond})
	_, err := c.Call(context.Background(), engine.Call{Frame: []byte("spin")})
	wants(t, err, wire.CodeDeadline)
}

func TestStoppedProcessHoldsNobodyUp(t *testing.T) {
	c := start(t, Config{Grace: 100 * time.Millisecond, Crashes: 100, Backoff: 1})
	pid := pidOf(t, c)
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	// Large frames fill every window on the way, so that sending could block.
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		_, err := c.Call(ctx, engine.Call{Frame: make([]byte, wire.MaxFrame)})
		cancel()
		if err == nil {
			t.Error("a stopped process answered")
		}
	}
	if got, err := within(t, c, time.Minute, "echo x"); got != "x" && err == nil {
		t.Errorf("got %q", got)
	}
	eventually(t, "a new process serves", func() bool {
		got, _ := within(t, c, time.Second, "pid")
		return got != "" && got != fmt.Sprint(pid)
	}, func() string { return fmt.Sprintf("%+v", c.Status()) })
}

func TestHammerUnderRandomKills(t *testing.T) {
	c := start(t, Config{Crashes: 1 << 30, Backoff: 1, Calls: 8})
	const callers = 32
	rounds := 60
	if testing.Short() {
		rounds = 15
	}
	stop := make(chan struct{})
	var killer sync.WaitGroup
	killer.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Duration(5+rand.IntN(40)) * time.Millisecond):
			}
			if s := c.Status(); s.PID != 0 {
				c.mu.Lock()
				if c.current != nil {
					c.current.child.kill() // never a stranger's number
				}
				c.mu.Unlock()
			}
		}
	})
	var good, bad atomic.Int64
	var done sync.WaitGroup
	for n := range callers {
		done.Go(func() {
			for round := range rounds {
				want := fmt.Sprint("caller ", n, " round ", round)
				request, service := "echo "+want, func(context.Context, []byte) []byte { return []byte(want) }
				if round%3 == 0 {
					request = "service x"
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				result, err := c.Call(ctx, engine.Call{Frame: []byte(request), Service: service})
				cancel()
				var failed *wire.Error
				switch {
				case err == nil && string(result.Frame) == want:
					good.Add(1)
				case errors.As(err, &failed) && failed.Code == wire.CodeTrap && failed.Blame == wire.BlameBlock:
					bad.Add(1)
				default:
					t.Errorf("caller %d: %q, %v", n, result.Frame, err)
				}
			}
		})
	}
	done.Wait()
	close(stop)
	killer.Wait()
	if got := say(t, c, "echo recovered"); got != "recovered" {
		t.Errorf("got %q", got)
	}
	t.Logf("%d replies, %d typed errors, %d starts", good.Load(), bad.Load(), c.Status().Starts)
	if good.Load() == 0 || c.Status().Starts < 2 {
		t.Errorf("%d replies and %d starts: nothing was hammered", good.Load(), c.Status().Starts)
	}
}
