package wasm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/wasm/fuel"
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
	// Unmetered leaves modules as they are, to measure what metering costs. Never for blocks that are not trusted.
	Unmetered bool
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
	slots   chan struct{}

	mu     sync.Mutex
	loaded map[*conn]bool
	closed bool
}

// New makes an engine.
func New(ctx context.Context, config Config) (*Engine, error) {
	e := &Engine{config: config.withDefaults(), loaded: map[*conn]bool{}}
	settings := wazero.NewRuntimeConfig().WithMemoryLimitPages(fuelPages(1 << 30)).WithDebugInfoEnabled(true)
	if config.CacheDir != "" {
		cache, err := openCache(config.CacheDir)
		if err != nil {
			return nil, fmt.Errorf("opening the cache of compiled blocks: %w", err)
		}
		e.cache, settings = cache, settings.WithCompilationCache(cache)
	}
	e.runtime = wazero.NewRuntimeWithConfig(ctx, settings)
	e.budget = newBudget(e.config.Memory, e.evict)
	e.slots = make(chan struct{}, e.config.LongCalls)
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

func fuelPages(bytes int64) uint32 { return uint32((bytes + pageSize - 1) / pageSize) }

// Load implements engine.Engine.
func (e *Engine) Load(ctx context.Context, artifact engine.Artifact) (engine.Conn, error) {
	c := &conn{engine: e, artifact: artifact, limits: artifact.Limits.OrDefaults()}
	c.room = newRoom(e.config.Instances)
	c.extra = c.hint()
	if err := c.build(ctx, c.extra); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, errors.Join(wire.Errorf(wire.CodeStopping, wire.BlameHost, "the engine is stopping"), c.free(ctx))
	}
	e.loaded[c] = true
	return c, nil
}

// Close implements engine.Engine.
func (e *Engine) Close(ctx context.Context) error {
	e.mu.Lock()
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

// compiled is one artifact's code with the image that every instance starts each call from.
type compiled struct {
	module wazero.CompiledModule
	info   fuel.Result
	// memory is the image, globals the mutable globals' values, in the order of info.Globals.
	memory  []byte
	globals []uint64
	// pages is the memory's size after initialisation.
	pages uint32
}

// spare is what a module's memory is raised by before anything is known of its calls: a Go guest that decodes a small
// request already grows by 0.7 MB.
const spare = 1 << 20

// mostSpare bounds what it is raised by later: beyond that an instance is used once.
const mostSpare = 16 << 20

// build rewrites, compiles and initialises the artifact with so much spare memory.
func (c *conn) build(ctx context.Context, extra int64) error {
	code := c.artifact.Code
	info := fuel.Result{Module: code}
	if !c.engine.config.Unmetered {
		probe, err := fuel.Rewrite(code, fuel.Config{MaxMemoryPages: fuelPages(c.limits.Memory)})
		if err != nil {
			return refused(err)
		}
		info = probe
		if probe.Memory.Present && extra > 0 {
			pages := min(probe.Memory.GuestMinPages+fuelPages(extra), fuelPages(c.limits.Memory))
			if info, err = fuel.Rewrite(code, fuel.Config{MaxMemoryPages: fuelPages(c.limits.Memory), MinMemoryPages: pages}); err != nil {
				return refused(err)
			}
		}
		if err := checkImports(&info); err != nil {
			return err
		}
	}
	module, err := c.engine.runtime.CompileModule(ctx, info.Module)
	if err != nil {
		return wire.Errorf(wire.CodeTrap, wire.BlameBlock, "the module does not compile: %v", err)
	}
	info.Module = nil // the compiled code is all that is needed from here on
	built := &compiled{module: module, info: info}
	full, err := c.engine.budget.reserve(ctx, built.size())
	if err == nil && full != nil {
		err = wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "all memory for blocks is in use: try again")
	}
	if err != nil {
		return errors.Join(err, module.Close(ctx))
	}
	first, err := c.engine.start(ctx, c, built, built.size())
	if err != nil {
		return errors.Join(err, module.Close(ctx))
	}
	c.mu.Lock()
	old := c.code
	c.code = built
	c.mu.Unlock()
	c.room.add(first)
	if old == nil {
		return nil
	}
	for _, i := range c.room.remove(func(i *instance) bool { return i.code == old }) {
		c.drop(ctx, i)
	}
	c.engine.budget.adjust(-int64(len(old.memory)))
	return old.module.Close(ctx) // running instances keep what they need of it
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

// refused makes the rewriter's refusal one of the contract.
func refused(err error) error {
	return wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "the module is refused: %v", err)
}

// checkImports allows the contract's functions and WASI.
func checkImports(info *fuel.Result) error {
	for _, i := range info.Imports {
		known := i.Module == wire.ImportModule && (i.Name == wire.ImportService || i.Name == wire.ImportTake || i.Name == wire.ImportLog)
		if _, ok := wasiFunctions[i.Name]; i.Module == wasiModule && ok {
			known = true
		}
		if !known {
			return wire.Errorf(wire.CodeForbidden, wire.BlameBlock, "the module imports %s.%s, which blocks do not have", i.Module, i.Name)
		}
	}
	return nil
}

// hint is how much memory the artifact needed in earlier runs, kept beside the compiled code.
func (c *conn) hint() int64 {
	if path := c.hintFile(); path != "" {
		if data, err := os.ReadFile(path); err == nil {
			if extra, err := strconv.ParseInt(string(data), 10, 64); err == nil && extra > 0 && extra <= mostSpare {
				return extra
			}
		}
	}
	return spare
}

func (c *conn) hintFile() string {
	if c.engine.config.CacheDir == "" {
		return ""
	}
	digest := c.artifact.Digest
	if digest == "" {
		sum := sha256.Sum256(c.artifact.Code)
		digest = hex.EncodeToString(sum[:])
	}
	return filepath.Join(c.engine.config.CacheDir, digest+".spare")
}

// initTime bounds a module's initialisation.
const initTime = 20 * time.Second

// Compile-time guards.
var (
	_ engine.Engine = (*Engine)(nil)
	_ engine.Conn   = (*conn)(nil)
	_ api.Closer    = wazero.Runtime(nil)
)
