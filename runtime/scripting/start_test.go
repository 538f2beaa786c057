package scripting

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// loader is an engine whose loads end when the test says so.
type loader struct {
	engine.Engine

	began chan struct{}
	ends  chan error
	conn  connection
}

func (l *loader) Load(context.Context, engine.Artifact) (engine.Conn, error) {
	l.began <- struct{}{}
	if err := <-l.ends; err != nil {
		return nil, err
	}
	return &l.conn, nil
}

type connection struct {
	engine.Conn

	closed int
	gives  error
}

func (c *connection) Call(context.Context, engine.Call) (engine.Result, error) {
	return engine.Result{Frame: []byte(`{"globals": {"a": 1}}`)}, c.gives
}

func (c *connection) Close(context.Context) error {
	c.closed++
	return nil
}

func starting(t *testing.T) (*Interpreter, *loader, *time.Time) {
	t.Helper()
	if _, err := interpreter(); errors.Is(err, npm.ErrNotBuilt) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := &loader{began: make(chan struct{}, 10), ends: make(chan error, 10)}
	p, err := New(Config{Engine: l, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return p, l, &now
}

// A start that failed is tried again after a minute, one that runs is one for everybody, and it goes on when its asker leaves.
func TestStart(t *testing.T) {
	p, l, now := starting(t)
	l.ends <- errors.New("no memory")
	if err := p.Start(t.Context()); err == nil {
		t.Error("a failed start is no start")
	}
	*now = now.Add(retry - time.Second)
	if err := p.Start(t.Context()); err == nil {
		t.Error("it was tried again too early")
	}
	*now = now.Add(time.Second)
	left, leave := context.WithCancel(t.Context())
	leave()
	if err := p.Start(left); err == nil {
		t.Error("who left was told that it had started")
	}
	l.ends <- nil
	for range 2 {
		if err := p.Start(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if len(l.began) != 2 {
		t.Errorf("it was loaded %d times", len(l.began))
	}
}

func TestClose(t *testing.T) {
	p, l, _ := starting(t)
	if err := p.Close(t.Context()); err != nil || l.conn.closed != 0 {
		t.Error("closing what never started:", err)
	}
	p, l, _ = starting(t)
	left, leave := context.WithCancel(t.Context())
	leave()
	_ = p.Start(left)
	if err := p.Close(left); !errors.Is(err, context.Canceled) {
		t.Error("closing while it starts:", err)
	}
	l.ends <- nil
	for range 2 {
		if err := p.Close(t.Context()); err != nil || l.conn.closed != 1 {
			t.Errorf("closed %d times: %v", l.conn.closed, err)
		}
	}
	var failure *wire.Error
	if _, err := p.Run(t.Context(), wire.ScriptRun{}, nil); !errors.As(err, &failure) || failure.Code != wire.CodeUnavailable {
		t.Error("a run after the end:", err)
	}
}

// What stops a run is the script's doing only where it is, and what is not is tried again.
func TestWhoseDoingItIs(t *testing.T) {
	for _, code := range []wire.Code{wire.CodeUnavailable, wire.CodeDeadline, wire.CodeStopping} {
		p, l, _ := starting(t)
		l.ends <- nil
		l.conn.gives = wire.Errorf(code, wire.BlameHost, "not now")
		if done, err := p.Run(t.Context(), wire.ScriptRun{}, nil); err == nil {
			t.Errorf("%s: %+v", code, done.Failed)
		}
		l.conn.gives = nil
		if done, err := p.Run(t.Context(), wire.ScriptRun{}, nil); err != nil || done.Failed != nil {
			t.Errorf("after %s: %+v, %v", code, done, err)
		}
	}
	for code, class := range map[wire.Code]string{wire.CodeFuel: "TimeoutError", wire.CodeMemory: "MemoryError", wire.CodeTooLarge: "ValueError", wire.CodeTrap: "SystemError"} {
		p, l, _ := starting(t)
		l.ends <- nil
		l.conn.gives = wire.Errorf(code, wire.BlameBlock, "too much")
		if done, err := p.Run(t.Context(), wire.ScriptRun{}, nil); err != nil || done.Failed == nil || done.Failed.Class != class {
			t.Errorf("%s: %+v, %v", code, done, err)
		}
	}
}

// Where the machine has no memory left for blocks, a script that wants some is not told that it wants too much.
func TestMemoryOfTheHost(t *testing.T) {
	interpreted(t)
	e, err := wasm.New(t.Context(), wasm.Config{Memory: 90 << 20, CacheDir: cache()})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close(t.Context())
	p, err := New(Config{Engine: e})
	if err != nil {
		t.Fatal(err)
	}
	if done, err := p.Run(t.Context(), wire.ScriptRun{Language: "python", Code: "a = 1"}, nil); err != nil || done.Failed != nil {
		t.Fatalf("%+v, %v", done, err)
	}
	var failure *wire.Error
	done, err := p.Run(t.Context(), wire.ScriptRun{Language: "python", Code: "a = len(bytearray(80 << 20))"}, nil)
	if !errors.As(err, &failure) || failure.Code != wire.CodeUnavailable || failure.Blame != wire.BlameHost {
		t.Errorf("%+v, %v", done, err)
	}
}
