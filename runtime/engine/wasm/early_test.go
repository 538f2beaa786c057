package wasm

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// early gives the test guest in an interpreter, and what ends the compiler's work; failed is what it ends with.
func early(t *testing.T, failed error) (c *earlyConn, compiled engine.Conn, ready func()) {
	t.Helper()
	compiled = load(t, Config{}, engine.Limits{})
	quick := load(t, Config{Interpreted: true}, engine.Limits{})
	c = &earlyConn{quick: quick, fuel: engine.Limits{}.OrDefaults().Fuel, ready: make(chan struct{}), stop: func() {}}
	return c, compiled, func() {
		if failed == nil {
			c.full = compiled
		}
		c.failed = failed
		close(c.ready)
	}
}

func TestInterpretedCallsAreThoseOfTheCompiler(t *testing.T) {
	c, compiled, ready := early(t, nil)
	for _, request := range [][]byte{gradeFrame(t), doing(t, "echo", ""), doing(t, "entropy", ""), doing(t, "leak", "x"), doing(t, "leak", "x")} {
		want, err := compiled.Call(t.Context(), engine.Call{Frame: request})
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Call(t.Context(), engine.Call{Frame: request})
		if err != nil || !got.Interpreted || !slices.Equal(got.Frame, want.Frame) || got.Fuel != want.Fuel {
			t.Errorf("interpreted %v: %q with %d units, %v; compiled: %q with %d", got.Interpreted, got.Frame, got.Fuel, err, want.Frame, want.Fuel)
		}
	}
	ready()
	if got, err := c.Call(t.Context(), engine.Call{Frame: gradeFrame(t)}); err != nil || got.Interpreted {
		t.Errorf("compiled by now: interpreted %v, %v", got.Interpreted, err)
	}
}

// What the interpreter cannot do waits for the compiler, and the world sees one call: each line once, each service once.
func TestWhatTheInterpreterCannotDoRunsAgain(t *testing.T) {
	c, _, ready := early(t, nil)
	lines, asked := 0, 0
	call := engine.Call{
		Log: func(int, string) { lines++ },
		Service: func(context.Context, []byte) []byte {
			if asked++; asked == 1 {
				ready() // the interpreter is at work: its try comes to nothing only now
			}
			reply, _ := wire.EncodeReply(wire.ChildrenFound{}, nil)
			return reply
		},
	}
	said, result, err := do(t, c, "long", "", call)
	if err != nil || said != "there <nil>" || result.Interpreted {
		t.Errorf("%q, interpreted %v, %v", said, result.Interpreted, err)
	}
	if lines != 1 || asked != 1 {
		t.Errorf("%d lines and %d questions to services, want one each", lines, asked)
	}
}

// An error is the compiled code's, however early it shows.
func TestErrorsAreOfTheCompiledCode(t *testing.T) {
	broken := wire.Errorf(wire.CodeTooLarge, wire.BlameBlock, "a function is too large to compile")
	c, _, ready := early(t, broken)
	ended := make(chan error, 1)
	go func() {
		_, _, err := do(t, c, "exit", "", engine.Call{})
		ended <- err
	}()
	select {
	case err := <-ended:
		t.Fatalf("a failure of the interpreter was told: %v", err)
	default:
	}
	ready()
	if err := <-ended; codeOf(err) != wire.CodeTooLarge {
		t.Errorf("the compiler's failure is told as %v", err)
	}
	if said, _, err := do(t, c, "files", "", engine.Call{}); err != nil || said == "" {
		t.Errorf("what can be interpreted is not answered any more: %v", err)
	}
}

func TestEarlyIsUnloadedWhileItCompiles(t *testing.T) {
	code, err := guestCode()
	if err != nil {
		t.Fatal(err)
	}
	for _, cache := range []string{"", filepath.Join(t.TempDir(), "cache")} {
		e, err := New(t.Context(), Config{CacheDir: cache, Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		first, err := NewEarly(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := first.Load(t.Context(), engine.Artifact{Name: "guest", Code: code})
		if err != nil {
			t.Fatal(err)
		}
		if result, err := conn.Call(t.Context(), engine.Call{Frame: gradeFrame(t)}); err != nil || result.Fuel <= 0 {
			t.Errorf("%+v, %v", result, err)
		}
		if err := conn.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if used := first.interpreter.Usage(); used.Memory != 0 || used.Instances != 0 || used.Loaded != 0 {
			t.Errorf("the interpreter still holds %+v", used)
		}
		if used := e.Usage(); used.Memory != 0 || used.Instances != 0 || used.Loaded != 0 {
			t.Errorf("the compiler still holds %+v", used)
		}
		if err := first.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if err := e.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
