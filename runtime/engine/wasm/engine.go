package wasm

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Config bounds the engine. The zero value works.
type Config struct {
	// CacheDir keeps compiled code between runs; "" keeps none.
	CacheDir string
	// Memory bounds all pooled instances and images together, in bytes; 0 is 512 MiB.
	Memory int64
	// Instances bounds the instances of one artifact; 0 is twice the number of processors, at least 4.
	Instances int
	// LongCalls bounds how many calls may run beyond a few slices at once; 0 is one less than the processors, at least 1.
	LongCalls int
	// Slice is the fuel between two looks at deadline and budget; 0 is 1 000 000, about a millisecond.
	Slice int64
	// Init bounds what a module may spend while it initialises; 0 is 5e9.
	Init int64
	// Workers is how many functions of a module are compiled at once; 0 is one, which leaves the other cores to calls.
	Workers int
	// Unmetered leaves modules as they are, to measure what metering costs: such a guest cannot be stopped, nor be put back
	// (its globals are out of reach), so it implies NoRestore. Never outside measurements.
	Unmetered bool
	// Interpreted runs modules without compiling them: they are there at once, and slow. See [Early].
	Interpreted bool
	// NoRestore keeps what a call left behind, to measure what isolation costs. Never outside measurements.
	NoRestore bool
}

func (c Config) withDefaults() Config {
	if c.Memory == 0 {
		c.Memory = 512 << 20
	}
	if c.Instances == 0 {
		c.Instances = max(4, 2*runtime.GOMAXPROCS(0))
	}
	if c.LongCalls == 0 {
		c.LongCalls = max(1, runtime.GOMAXPROCS(0)-1)
	}
	if c.Slice == 0 {
		c.Slice = 1_000_000
	}
	if c.Init == 0 {
		c.Init = 5_000_000_000
	}
	return c
}

// Engine runs WebAssembly blocks. Safe for concurrent use.
type Engine struct {
	config  Config
	runtime wazero.Runtime
	cache   wazero.CompilationCache
	budget  *budget
	// slots are for calls that last; starts are the same for modules that initialise, so that loading a block does not wait
	// for the calls of others.
	slots, starts chan struct{}
	modules       modules
	// halt ends when running guests are to be stopped.
	halt context.Context //nolint:containedctx // it lives as long as the engine
	stop context.CancelFunc

	mu     sync.Mutex
	loaded map[*conn]bool
	closed bool
}

// New makes an engine.
func New(ctx context.Context, config Config) (*Engine, error) {
	e := &Engine{config: config.withDefaults(), loaded: map[*conn]bool{}}
	settings := wazero.NewRuntimeConfig()
	if config.Interpreted {
		settings = wazero.NewRuntimeConfigInterpreter()
	}
	settings = settings.WithDebugInfoEnabled(true)
	if config.CacheDir != "" {
		cache, err := openCache(config.CacheDir)
		if err != nil {
			return nil, fmt.Errorf("opening the cache of compiled blocks: %w", err)
		}
		e.cache, settings = cache, settings.WithCompilationCache(cache)
	}
	e.runtime = wazero.NewRuntimeWithConfig(ctx, settings)
	e.budget = newBudget(e.config.Memory, e.evict)
	e.slots, e.starts = make(chan struct{}, e.config.LongCalls), make(chan struct{}, e.config.LongCalls)
	e.halt, e.stop = context.WithCancel(context.Background())
	if err := e.hostModules(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("starting the WebAssembly engine: %w", err), e.runtime.Close(ctx))
	}
	return e, nil
}

func openCache(dir string) (wazero.CompilationCache, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return wazero.NewCompilationCacheWithDir(dir)
}

// Name implements engine.Engine.
func (e *Engine) Name() string { return "wasm" }

const pageSize = 64 << 10

// pages is how many of WebAssembly's pages hold so many bytes.
func pages(bytes int64) uint32 { return uint32((bytes + pageSize - 1) / pageSize) }

// restores reports whether instances are put back after calls.
func (e *Engine) restores() bool { return !e.config.NoRestore && !e.config.Unmetered }

// Load implements engine.Engine.
func (e *Engine) Load(ctx context.Context, artifact engine.Artifact) (engine.Conn, error) {
	c := &conn{
		engine: e, artifact: artifact, limits: artifact.Limits.OrDefaults(), digest: sha256.Sum256(artifact.Code),
		room: newRoom(e.config.Instances), freed: make(chan struct{}),
	}
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil, stopping()
	}
	e.loaded[c] = true // Close waits for it from here on
	c.running.Add(1)
	e.mu.Unlock()
	c.extra = c.hint()
	err := c.build(ctx, c.extra)
	c.running.Done()
	if err != nil {
		return nil, errors.Join(err, c.Close(context.WithoutCancel(ctx)))
	}
	return c, nil
}

func stopping() *wire.Error {
	return wire.Errorf(wire.CodeStopping, wire.BlameHost, "the server is shutting down")
}

// Close implements engine.Engine. Calls that still run when ctx ends are stopped at the end of their slice, with CodeStopping.
func (e *Engine) Close(ctx context.Context) error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil
	}
	e.closed = true
	open := make([]*conn, 0, len(e.loaded))
	for c := range e.loaded {
		open = append(open, c)
	}
	e.mu.Unlock()
	var failed []error
	for _, c := range open {
		failed = append(failed, c.Close(ctx))
	}
	e.stop()
	for _, c := range open {
		<-c.freed // guests stop at their next slice, and who waits is woken
	}
	ctx = context.WithoutCancel(ctx)
	failed = append(failed, e.runtime.Close(ctx))
	if e.cache != nil {
		failed = append(failed, e.cache.Close(ctx))
	}
	return errors.Join(failed...)
}

// Usage is what the engine holds.
type Usage struct {
	// Memory and Limit are bytes of pooled instances and images.
	Memory, Limit int64
	// Instances counts them, Loaded the artifacts.
	Instances, Loaded int
}

// Usage tells what the engine holds now.
func (e *Engine) Usage() Usage {
	e.mu.Lock()
	loaded := len(e.loaded)
	e.mu.Unlock()
	used, instances := e.budget.usage()
	return Usage{Memory: used, Limit: e.config.Memory, Instances: instances, Loaded: loaded}
}

// evict drops the idle instance that was used longest ago.
func (e *Engine) evict(ctx context.Context) bool {
	e.mu.Lock()
	var victim *conn
	var at time.Time
	for c := range e.loaded {
		if used, ok := c.room.oldest(); ok && (victim == nil || used.Before(at)) {
			victim, at = c, used
		}
	}
	e.mu.Unlock()
	if victim == nil {
		return false
	}
	first := true
	for _, i := range victim.room.remove(func(*instance) bool { one := first; first = false; return one }) {
		victim.drop(ctx, i)
	}
	return true
}

// Compile-time guards.
var (
	_ engine.Engine = (*Engine)(nil)
	_ engine.Conn   = (*conn)(nil)
)
