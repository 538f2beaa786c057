package process

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func TestEcho(t *testing.T) {
	c := start(t, Config{})
	for _, size := range []int{0, 1, 1 << 10, 1 << 20, wire.MaxFrame - len("echo ")} {
		want := bytes.Repeat([]byte("a"), size)
		result, err := c.Call(t.Context(), engine.Call{Frame: append([]byte("echo "), want...)})
		if err != nil || !bytes.Equal(result.Frame, want) {
			t.Fatalf("%d bytes: %d came back, %v", size, len(result.Frame), err)
		}
		if result.Elapsed <= 0 || result.Waited > result.Elapsed || result.Fuel != 0 {
			t.Errorf("%d bytes: %+v", size, result)
		}
	}
	_, err := c.Call(t.Context(), engine.Call{Frame: make([]byte, wire.MaxFrame+1)})
	wants(t, err, wire.CodeTooLarge)
	if status := c.Status(); status.Starts != 1 || status.Failures != 0 || status.PID != pidOf(t, c) || status.Broken {
		t.Errorf("status %+v", status)
	}
}

func TestServices(t *testing.T) {
	artifact := probe(t)
	artifact.Limits.Services = 3
	c := load(t, newEngine(t, Config{}), artifact)
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "the caller's context")
	var asked []string
	call := engine.Call{Frame: []byte("service question"), Service: func(ctx context.Context, frame []byte) []byte {
		asked = append(asked, fmt.Sprint(string(frame), " in ", ctx.Value(key{})))
		return append([]byte("answer to "), frame...)
	}}
	result, err := c.Call(ctx, call)
	if err != nil || string(result.Frame) != "answer to question" || len(asked) != 1 || asked[0] != "question in the caller's context" {
		t.Errorf("%q, %v; asked %q", result.Frame, err, asked)
	}

	result, err = c.Call(ctx, engine.Call{Frame: []byte("service x")})
	if err != nil {
		t.Fatal(err)
	}
	wants(t, wire.DecodeReply(result.Frame, nil), wire.CodeForbidden)

	asked, call.Frame = nil, []byte("ask 5")
	if result, err = c.Call(ctx, call); err != nil || len(asked) != 3 {
		t.Fatalf("asked %d times, %v", len(asked), err)
	}
	wants(t, wire.DecodeReply(result.Frame, nil), wire.CodeTooLarge, "3")

	call.Frame, call.Service = []byte("service x"), func(context.Context, []byte) []byte { return make([]byte, wire.MaxFrame+1) }
	if result, err = c.Call(ctx, call); err != nil {
		t.Fatal(err)
	}
	wants(t, wire.DecodeReply(result.Frame, nil), wire.CodeTooLarge)
}

func TestLogIsBounded(t *testing.T) {
	artifact := probe(t)
	artifact.Limits.Logs = 250
	c := load(t, newEngine(t, Config{}), artifact)
	var lines []string
	call := engine.Call{Frame: []byte("log 1000"), Log: func(level int, line string) {
		lines = append(lines, fmt.Sprint(level, " ", strings.TrimSpace(line)))
	}}
	for range 2 { // the limit is each call's own
		lines = nil
		result, err := c.Call(t.Context(), call)
		if err != nil || string(result.Frame) != "done" {
			t.Fatalf("%q, %v", result.Frame, err)
		}
		if want := []string{"4 0", "4 1", "4 the log of this call was cut at 250 bytes"}; fmt.Sprint(lines) != fmt.Sprint(want) {
			t.Errorf("lines %q, want %q", lines, want)
		}
	}
	if got := say(t, c, "log 10"); got != "done" {
		t.Errorf("without a log: %q", got)
	}
}

func TestPanicIsTheCallsErrorAndNothingElse(t *testing.T) {
	c := start(t, Config{})
	pid := pidOf(t, c)
	wants(t, wire.DecodeReply([]byte(say(t, c, "panic at the disco")), nil), wire.CodeTrap, "at the disco")
	wants(t, wire.DecodeReply([]byte(say(t, c, "goexit")), nil), wire.CodeTrap)
	if got := pidOf(t, c); got != pid {
		t.Errorf("process %d became %d", pid, got)
	}
}

func TestReplyLimits(t *testing.T) {
	artifact := probe(t)
	artifact.Limits.Reply = 1000
	c := load(t, newEngine(t, Config{}), artifact)
	pid := pidOf(t, c)
	if got := say(t, c, "size 1000"); len(got) != 1000 {
		t.Errorf("%d bytes", len(got))
	}
	for _, request := range []string{"size 1001", fmt.Sprint("size ", wire.MaxFrame), fmt.Sprint("size ", wire.MaxFrame+1), "size 100000000"} {
		_, err := within(t, c, time.Minute, request)
		wants(t, err, wire.CodeTooLarge, strings.TrimPrefix(request, "size "), "1000")
	}
	if got := pidOf(t, c); got != pid {
		t.Errorf("process %d became %d", pid, got)
	}
}

func TestOutputDoesNotDisturb(t *testing.T) {
	c := start(t, Config{})
	for range 3 {
		if got := say(t, c, "print words"); got != "printed" {
			t.Errorf("got %q", got)
		}
	}
	_, err := within(t, c, time.Minute, "exit 3")
	wants(t, err, wire.CodeTrap, "exit status 3", "the probe leaves with 3",
		"words on os.Stdout", "words on os.Stderr", "words on descriptor 1", "words by println", "without the end of a line")
}

func TestFloodOfOutputIsNoTrouble(t *testing.T) {
	c := start(t, Config{})
	line := strings.Repeat("o", 100_000)
	for range 30 {
		if got := say(t, c, "print "+line); got != "printed" {
			t.Fatalf("got %q", got)
		}
	}
	if got := c.current.output.String(); len(got) > maxTail {
		t.Errorf("%d bytes are kept", len(got))
	}
}

func TestCallsRunSideBySide(t *testing.T) {
	const calls = 4
	c := start(t, Config{Calls: calls})
	// Each call waits in a service until all run: they would never end one after the other.
	var all sync.WaitGroup
	all.Add(calls)
	var done sync.WaitGroup
	for range calls {
		done.Go(func() {
			_, err := c.Call(t.Context(), engine.Call{Frame: []byte("service x"), Service: func(context.Context, []byte) []byte {
				all.Done()
				all.Wait()
				return []byte("y")
			}})
			if err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
}

// occupy keeps n calls of c running until release is called.
func occupy(t *testing.T, c *Conn, n int, long bool) (release func()) {
	t.Helper()
	hold, running := make(chan struct{}), make(chan struct{})
	var done sync.WaitGroup
	for range n {
		done.Go(func() {
			_, err := c.Call(context.Background(), engine.Call{Frame: []byte("service x"), Long: long, Service: func(context.Context, []byte) []byte {
				running <- struct{}{}
				<-hold
				return []byte("y")
			}})
			if err != nil {
				t.Error(err)
			}
		})
	}
	for range n {
		<-running
	}
	return sync.OnceFunc(func() { close(hold); done.Wait() })
}

func TestCallsAreBounded(t *testing.T) {
	c := start(t, Config{Calls: 4})
	release := occupy(t, c, 4, false)
	defer release()
	_, err := within(t, c, 20*time.Millisecond, "echo x")
	wants(t, err, wire.CodeUnavailable, "busy", "4")
	release()
	if got := say(t, c, "echo x"); got != "x" {
		t.Errorf("got %q", got)
	}
}

func TestLongCallsLeaveRoom(t *testing.T) {
	c := start(t, Config{Calls: 4})
	release := occupy(t, c, 2, true)
	defer release()
	if got := say(t, c, "echo x"); got != "x" {
		t.Errorf("got %q", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := c.Call(ctx, engine.Call{Frame: []byte("echo x"), Long: true})
	wants(t, err, wire.CodeUnavailable)
}

func TestContextThatHasEnded(t *testing.T) {
	c := start(t, Config{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Call(ctx, engine.Call{Frame: []byte("echo x")})
	wants(t, err, wire.CodeDeadline)
}

func TestRestartRunsTheVersionThatWasLoaded(t *testing.T) {
	artifact := probe(t)
	folder := t.TempDir()
	code, err := os.ReadFile(artifact.Path)
	if err != nil {
		t.Fatal(err)
	}
	artifact.Path = filepath.Join(folder, "block")
	if err := os.WriteFile(artifact.Path, code, 0o700); err != nil {
		t.Fatal(err)
	}
	e := newEngine(t, Config{})
	c := load(t, e, artifact)
	if err := os.WriteFile(artifact.Path, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := within(t, c, time.Minute, "exit 1"); err == nil {
		t.Fatal("the process did not end")
	}
	if got := say(t, c, "echo still the same"); got != "still the same" {
		t.Errorf("got %q", got)
	}
	_, err = e.Load(t.Context(), artifact)
	wants(t, err, wire.CodeBroken, "changed since")
}
