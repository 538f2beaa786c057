package process

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

func TestCloseWaitsForRunningCalls(t *testing.T) {
	c := start(t, Config{})
	release := occupy(t, c, 1, false)
	closed := make(chan error, 1)
	go func() { closed <- c.Close(context.Background()) }()
	<-c.stop
	_, err := c.Call(t.Context(), engine.Call{Frame: []byte("echo x")})
	wants(t, err, wire.CodeStopping)
	select {
	case err := <-closed:
		t.Fatalf("Close returned %v while a call ran", err)
	default:
	}
	release() // fails when the call did
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Errorf("a second Close: %v", err)
	}
}

func TestCloseKillsWhenItsTimeIsUp(t *testing.T) {
	c := start(t, Config{})
	done := occupyFailing(t, c, wire.CodeStopping)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := c.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Close: %v", err)
	}
	done()
}

func TestCloseWhileALoopSpins(t *testing.T) {
	c := start(t, Config{Grace: time.Hour})
	_, err := within(t, c, 20*time.Millisecond, "spin")
	wants(t, err, wire.CodeDeadline)
	if err := c.Close(t.Context()); err != nil { // nobody waits for the loop
		t.Error(err)
	}
}

func TestEngineClosesEverything(t *testing.T) {
	e := newEngine(t, Config{})
	one, two := load(t, e, probe(t)), load(t, e, probe(t))
	if one.Status().PID == two.Status().PID {
		t.Error("two artifacts share a process")
	}
	if err := one.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Error(err)
	}
	for _, c := range []*Conn{one, two} {
		_, err := c.Call(t.Context(), engine.Call{Frame: []byte("echo x")})
		wants(t, err, wire.CodeStopping)
	}
	_, err := e.Load(t.Context(), probe(t))
	wants(t, err, wire.CodeStopping)
}

func TestCloseDuringBackoff(t *testing.T) {
	c := start(t, Config{Backoff: time.Hour})
	for range 2 {
		if _, err := within(t, c, time.Minute, "exit 1"); err == nil {
			t.Fatal("the process did not exit")
		}
	}
	failed := make(chan error, 1)
	go func() {
		_, err := c.Call(context.Background(), engine.Call{Frame: []byte("echo x")}) // has no deadline but Longest
		failed <- err
	}()
	if err := c.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-failed; err == nil {
		t.Error("a call succeeded without a process")
	}
}
