package wasm

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/quoin-lms/quoin/runtime/engine"
)

// Early is an engine for somebody who waits for a block that was built this moment: an interpreter answers while the compiler
// works beside it. Both run the same metered module within the same limits. The interpreter is some twenty times slower and
// nests fewer calls, so its word counts only where it succeeds: a call that fails, or needs more than a moment's fuel,
// runs again when the module is compiled, and what comes of that holds.
type Early struct {
	compiled, interpreter *Engine
	// halt ends compiling when the engine closes.
	halt context.Context //nolint:containedctx // it lives as long as the engine
	stop context.CancelFunc
}

// Bounds of the interpreter.
const (
	// earlyFuel bounds an interpreted call: about a fifth of a second.
	earlyFuel = 20_000_000
	// earlyInit bounds how long a module initialises there.
	earlyInit = 100_000_000
	// earlyMemory is what all interpreted instances may take, in bytes.
	earlyMemory = 192 << 20
)

// NewEarly makes an engine that hands over to the compiled one. Closing it leaves that open.
func NewEarly(ctx context.Context, compiled *Engine) (*Early, error) {
	interpreter, err := New(ctx, Config{Interpreted: true, Memory: earlyMemory, Init: min(earlyInit, compiled.config.Init)})
	if err != nil {
		return nil, err
	}
	e := &Early{compiled: compiled, interpreter: interpreter}
	e.halt, e.stop = context.WithCancel(context.Background())
	return e, nil
}

// Name implements engine.Engine.
func (e *Early) Name() string { return e.compiled.Name() }

// Load implements engine.Engine. Scripts and commands run in modules that are compiled once for all of them; what the interpreter
// cannot take is left to the compiler.
func (e *Early) Load(ctx context.Context, artifact engine.Artifact) (engine.Conn, error) {
	if artifact.Script != nil || artifact.Program != nil {
		return e.compiled.Load(ctx, artifact)
	}
	quick, err := e.interpreter.Load(ctx, artifact)
	if err != nil {
		return e.compiled.Load(ctx, artifact)
	}
	compiling, stop := context.WithCancel(e.halt)
	c := &earlyConn{quick: quick, fuel: artifact.Limits.OrDefaults().Fuel, ready: make(chan struct{}), stop: stop}
	go c.compile(compiling, e.compiled, artifact)
	return c, nil
}

// Close implements engine.Engine.
func (e *Early) Close(ctx context.Context) error {
	e.stop()
	return e.interpreter.Close(ctx)
}

// earlyConn is an artifact that is interpreted until it is compiled.
type earlyConn struct {
	quick engine.Conn
	// fuel bounds a call that names no budget of its own.
	fuel int64
	stop context.CancelFunc
	// ready is closed when the compiler has ended, with full or failed.
	ready  chan struct{}
	full   engine.Conn
	failed error
	once   sync.Once
	closed error
}

func (c *earlyConn) compile(ctx context.Context, e *Engine, artifact engine.Artifact) {
	defer c.stop()
	c.full, c.failed = e.Load(ctx, artifact)
	close(c.ready)
	if c.failed == nil {
		c.closeQuick(context.WithoutCancel(ctx))
	}
}

func (c *earlyConn) closeQuick(ctx context.Context) {
	c.once.Do(func() { c.closed = c.quick.Close(ctx) })
}

// Call implements engine.Conn.
func (c *earlyConn) Call(ctx context.Context, call engine.Call) (engine.Result, error) {
	select {
	case <-c.ready:
		if c.failed == nil {
			return c.full.Call(ctx, call)
		}
	default:
	}
	first := &attempt{}
	result, err := c.quick.Call(ctx, first.of(call, c.fuel))
	if err == nil {
		first.tell(call.Log)
		result.Interpreted = true
		return result, nil
	}
	if ctx.Err() != nil {
		return result, err
	}
	return c.wait(ctx, first.again(call))
}

// wait runs a call when the module is compiled.
func (c *earlyConn) wait(ctx context.Context, call engine.Call) (engine.Result, error) {
	select {
	case <-c.ready:
	case <-ctx.Done():
		return engine.Result{}, ended(ctx.Err())
	}
	if c.failed != nil {
		return engine.Result{}, c.failed
	}
	return c.full.Call(ctx, call)
}

// Close implements engine.Conn.
func (c *earlyConn) Close(ctx context.Context) error {
	c.stop()
	c.closeQuick(ctx)
	<-c.ready // the compiler gives up after the function at hand
	if c.failed != nil {
		return c.closed
	}
	return errors.Join(c.closed, c.full.Close(ctx))
}

// attempt is an interpreted call that may have to run again: what it logged is told only when it holds, and the services that it
// asked are not asked twice.
type attempt struct {
	lines   []logged
	answers []answered
}

type logged struct {
	level int
	line  string
}

type answered struct{ frame, reply []byte }

// of makes the interpreter's call.
func (a *attempt) of(call engine.Call, fuel int64) engine.Call {
	if call.Fuel > 0 {
		fuel = call.Fuel
	}
	call.Fuel = min(fuel, earlyFuel)
	if call.Log != nil {
		call.Log = func(level int, line string) { a.lines = append(a.lines, logged{level, line}) }
	}
	if service := call.Service; service != nil {
		call.Service = func(ctx context.Context, frame []byte) []byte {
			reply := service(ctx, frame)
			a.answers = append(a.answers, answered{slices.Clone(frame), slices.Clone(reply)})
			return reply
		}
	}
	return call
}

// tell passes on what a call logged.
func (a *attempt) tell(log func(int, string)) {
	for _, l := range a.lines {
		log(l.level, l.line)
	}
}

// again makes the compiled call. A guest asks the same services in the same order, since all that it knows is the request.
func (a *attempt) again(call engine.Call) engine.Call {
	if service := call.Service; service != nil {
		next := 0
		call.Service = func(ctx context.Context, frame []byte) []byte {
			if next < len(a.answers) && slices.Equal(a.answers[next].frame, frame) {
				next++
				return a.answers[next-1].reply
			}
			next = len(a.answers) // it went another way, and no later answer is known to fit
			return service(ctx, frame)
		}
	}
	return call
}

// Compile-time guards.
var (
	_ engine.Engine = (*Early)(nil)
	_ engine.Conn   = (*earlyConn)(nil)
)
