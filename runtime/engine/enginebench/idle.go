package enginebench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/enginetest/requests"
	"github.com/quoin-lms/quoin/runtime/engine/script"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/manifest"
)

// Idle is what one more block costs that was used and is used no more, while it stays loaded.
type Idle struct {
	Blocks int
	// Each is the resident memory that one of them adds, in bytes: script, image, one instance, what the host keeps.
	Each int64
	// Load is how long the first answer of the last one took: loading included, compiling of the interpreter not.
	Load time.Duration
}

// IdleScripts loads so many different blocks in TypeScript into an engine of its own and uses each once.
func IdleScripts(ctx context.Context, c Config, blocks int) (idle Idle, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("measuring idle blocks: %w", err)
		}
	}()
	source, err := c.script(ctx)
	if err != nil {
		return idle, err
	}
	e, err := wasm.New(ctx, wasm.Config{CacheDir: filepath.Join(c.Dir, "wasm")})
	if err != nil {
		return idle, err
	}
	defer func() { err = errors.Join(err, e.Close(ctx)) }()
	var before int64
	var loaded []engine.Conn
	for n := range blocks + 1 { // the first pays for the interpreter
		begun := time.Now()
		artifact, err := script.Block(requests.Block, "1.0.0", fmt.Appendf(nil, "%s\n// %d", source, n), engine.Limits{})
		if err != nil {
			return idle, err
		}
		conn, err := e.Load(ctx, artifact)
		if err != nil {
			return idle, err
		}
		if _, err := conn.Call(ctx, engine.Call{Frame: requests.Grade()}); err != nil {
			return idle, err
		}
		idle.Load = time.Since(begun)
		if loaded = append(loaded, conn); n == 0 {
			if before, err = resident(); err != nil {
				return idle, err
			}
		}
	}
	after, err := resident()
	runtime.KeepAlive(loaded)
	idle.Blocks, idle.Each = blocks, (after-before)/int64(blocks)
	return idle, err
}

// resident is this process's memory in bytes, after what is free was given back. Linux tells it.
func resident() (int64, error) {
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, fmt.Errorf("reading the resident memory: %w", err)
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		return 0, fmt.Errorf("reading the resident memory: %w", err)
	}
	return pages * int64(os.Getpagesize()), nil
}

// script bundles the measured block in TypeScript.
func (c Config) script(ctx context.Context) ([]byte, error) {
	built, err := c.builder().Build(ctx, filepath.Join(c.Root, filepath.FromSlash(ScriptFolder)),
		manifest.Manifest{Name: requests.Block, Engine: wasmArtifact, Source: "typescript"})
	if err != nil {
		return nil, err
	}
	return os.ReadFile(built.Path)
}
