package wasm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/quoin-lms/quoin/runtime/engine/wasm/fuel"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// compiled is one artifact's code with the image that every instance starts each call from.
type compiled struct {
	module *module // others may share it
	info   fuel.Result
	// begins is how large memory is before initialisation, in bytes: what the module declares, and what its calls are known
	// to need. The module itself does not say so: it would have to be compiled anew whenever that is learnt.
	begins int64
	// image and globals are what memory and mutable globals are put back to; globals are in the order of info.Globals. A
	// nil image means that instances are not put back.
	image   *image
	globals []uint64
	// size is the memory's size after initialisation, 0 before.
	size int64
	// entry is what the guest's calls start from in every copy of the image, see guest.
	entry uint32
	// headroom is what a script's heap is given to spare when it is initialised, in bytes.
	headroom int64

	// users counts instances and the conn: the last one frees module and image.
	mu    sync.Mutex
	users int
}

// need is what an instance takes at its start, in bytes.
func (c *compiled) need() int64 { return max(c.size, c.begins) }

// starts is how large an instance's memory is when it is made, in bytes: copies have the image's size at once.
func (c *compiled) starts() int64 {
	if c.image != nil && !c.info.SingleUse() {
		return c.need()
	}
	return c.begins
}

func (c *compiled) retain() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.users++
}

func (c *compiled) letGo(ctx context.Context, e *Engine) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.users--; c.users > 0 {
		return nil
	}
	if c.image != nil {
		e.budget.adjust(-c.image.bytes())
		c.image.free()
	}
	return e.modules.letGo(ctx, c.module)
}

// spare is what a module's memory is raised by before anything is known of its calls: a Go guest that decodes a small
// request already grows by 0.7 MB.
const spare = 1 << 20

// mostSpare bounds what it is raised by later: beyond that an instance is used once.
const mostSpare = 16 << 20

// bounds are what a block's module may be. The largest that the project knows beside interpreters of whole languages is a Go
// guest of 8 MB with a complexity of 12 000 000; a function's bound keeps compiling it below some seconds, and a table's
// entries take the host's memory, which no budget counts.
var bounds = fuel.Config{
	MaxMemoryPages: 65536, // memory has its bound in the engine, which can then tell why it did not grow
	MaxComplexity:  50_000_000, MaxFunctionComplexity: 2_500_000, MaxTables: 8, MaxTableEntries: 200_000,
}

// mostOfProgram bounds a function of a command: the one that CPython evaluates in has a complexity of 6 000 000. A command comes
// with the platform, never with a block.
const mostOfProgram = 8_000_000

// rewrite meters the artifact's code.
func (c *conn) rewrite() (fuel.Result, error) {
	code, config := c.artifact.Code, bounds
	if c.artifact.Program != nil {
		config.MaxFunctionComplexity = mostOfProgram
	}
	if c.engine.config.Unmetered {
		return fuel.Result{Module: code}, nil
	}
	info, err := fuel.Rewrite(code, config)
	if err != nil {
		return info, refused(err)
	}
	if err := c.checkImports(&info); err != nil {
		return info, err
	}
	if int64(info.Memory.GuestMinPages)*pageSize > c.limits.Memory {
		return info, wire.Errorf(wire.CodeMemory, wire.BlameBlock, "the module starts with %d MiB of memory, the limit is %d MiB",
			info.Memory.GuestMinPages/16, c.limits.Memory>>20)
	}
	return info, nil
}

// build rewrites, compiles and initialises the artifact with so much spare memory.
func (c *conn) build(ctx context.Context, extra int64) error {
	info, err := c.rewrite()
	if err != nil {
		return err
	}
	shared, err := c.engine.share(ctx, info.Module)
	if err != nil {
		return err
	}
	info.Module = nil // the compiled code is all that is needed from here on
	return c.serve(ctx, shared, info, extra)
}

// serve initialises a module with so much spare memory, and calls go to it from here on. It lets go of the module when that
// fails.
func (c *conn) serve(ctx context.Context, shared *module, info fuel.Result, extra int64) error {
	built := &compiled{module: shared, info: info, users: 1}
	spare := extra
	switch { // an interpreter would use up spare memory before the first call
	case c.artifact.Script != nil: // its heap gets it instead
		spare, built.headroom = 0, extra
	case c.artifact.Program != nil || c.engine.config.Unmetered: // it provides for itself; a module as it came is not raised
		spare = 0
	}
	built.begins = begins(info.Memory, spare, c.limits.Memory)
	first, err := c.engine.first(ctx, c, built)
	if err != nil {
		return errors.Join(err, built.letGo(ctx, c.engine))
	}
	c.mu.Lock()
	old := c.code
	c.code = built
	c.mu.Unlock()
	c.room.add(first)
	c.engine.budget.wake()
	if old == nil {
		return nil
	}
	for _, i := range c.room.remove(func(i *instance) bool { return i.code == old }) {
		c.drop(ctx, i)
	}
	return old.letGo(ctx, c.engine) // running instances hold it
}

// begins is how large a module's memory is at first with so much to spare, in bytes: within the block's limit and the module's
// own, and never less than it declares.
func begins(m fuel.Memory, spare, limit int64) int64 {
	declared := int64(m.MinPages) * pageSize
	return max(declared, min(declared+int64(pages(spare))*pageSize, limit/pageSize*pageSize, int64(m.MaxPages)*pageSize))
}

// first makes a module's first instance; it waits for memory as calls do.
func (e *Engine) first(ctx context.Context, c *conn, built *compiled) (*instance, error) {
	if _, err := c.await(ctx, built.need(), func() *instance { return nil }); err != nil {
		return nil, err
	}
	return e.start(ctx, c, built)
}

// compile makes machine code of a rewritten module.
func (e *Engine) compile(ctx context.Context, module []byte) (wazero.CompiledModule, error) {
	if e.config.Workers > 1 {
		ctx = experimental.WithCompilationWorkers(ctx, e.config.Workers)
	}
	compiled, err := e.runtime.CompileModule(ctx, module)
	if err != nil && strings.Contains(err.Error(), "compilationcache") { // a damaged file: it holds nothing that is not made anew
		if forgotten := forgetCompiled(e.config.CacheDir); forgotten != nil {
			return nil, wire.Errorf(wire.CodeUnavailable, wire.BlameHost, "the cache of compiled blocks is damaged: %v", errors.Join(err, forgotten))
		}
		compiled, err = e.runtime.CompileModule(ctx, module)
	}
	if err != nil {
		return nil, wire.Errorf(wire.CodeTrap, wire.BlameBlock, "the module does not compile: %v", err)
	}
	return compiled, nil
}

// forgetCompiled removes every compiled module from the cache on disk.
func forgetCompiled(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) == spareSuffix {
			return err
		}
		return os.Remove(path)
	})
}

// refused makes the rewriter's refusal one of the contract.
func refused(err error) error {
	code := wire.CodeForbidden
	var failure *fuel.Error
	if errors.As(err, &failure) {
		switch {
		case failure.Code == fuel.CodeMalformed || failure.Code == fuel.CodeInvalid:
			code = wire.CodeTrap
		case strings.HasPrefix(string(failure.Code), "limit_"):
			code = wire.CodeTooLarge
		}
	}
	return wire.Errorf(code, wire.BlameBlock, "the module is refused: %v", err)
}

// checkImports allows the contract's functions and WASI, and to the interpreter of a script its own.
func (c *conn) checkImports(info *fuel.Result) error {
	for _, i := range info.Imports {
		known := i.Module == wire.ImportModule && (i.Name == wire.ImportService || i.Name == wire.ImportTake || i.Name == wire.ImportLog)
		if _, ok := wasiFunctions[i.Name]; i.Module == wasiModule && ok {
			known = true
		}
		if _, ok := interpreterFunctions[i.Name]; i.Module == interpreterModule && ok && c.artifact.Script != nil {
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

// spareSuffix ends the names of hints.
const spareSuffix = ".spare"

func (c *conn) hintFile() string {
	if c.engine.config.CacheDir == "" {
		return ""
	}
	digest := c.digest
	if c.artifact.Script != nil { // what a script needs is its own
		digest = sha256.Sum256(append(digest[:], c.artifact.Script...))
	}
	return filepath.Join(c.engine.config.CacheDir, hex.EncodeToString(digest[:])+spareSuffix)
}

// keepHint writes it down. Without it the next start learns it again.
func (c *conn) keepHint(extra int64) {
	if path := c.hintFile(); path != "" {
		_ = os.WriteFile(path, fmt.Append(nil, extra), 0o600)
	}
}
