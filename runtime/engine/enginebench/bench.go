package enginebench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/enginetest/requests"
	"github.com/quoin-lms/quoin/runtime/engine/native"
	"github.com/quoin-lms/quoin/runtime/engine/process"
	"github.com/quoin-lms/quoin/runtime/engine/script"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/manifest"
)

// Folder is where the measured block stands, below the repository's root, and ScriptFolder the same one in TypeScript.
const (
	Folder       = "runtime/engine/enginetest/testdata/bench"
	ScriptFolder = "runtime/engine/enginetest/testdata/benchscript"
)

// Config says what is measured.
type Config struct {
	// Root is the repository's; Dir a folder for what is built, with a short path (sockets stand in it).
	Root, Dir string
	// Serve is the measured block, compiled into the caller; nil leaves native out.
	Serve func(host engine.Host, frame []byte) []byte
}

// Bench holds the measured block in every engine. Close ends it.
type Bench struct {
	// Subjects are in the order of a table's columns: native, wasm unmetered, wasm metered but not
	// isolated, wasm, wasm in TypeScript, process.
	Subjects []Subject

	code    []byte
	dir     string
	engines []engine.Engine
}

// Subject is one way to run the block.
type Subject struct {
	Name string
	Conn engine.Conn
}

// The names of subjects.
const (
	Native       = "native"
	Unmetered    = "wasm, unmetered"
	NotIsolated  = "wasm, metered, not isolated"
	Wasm         = "wasm"
	Script       = "wasm, TypeScript"
	Process      = "process"
	wasmArtifact = "wasm"
)

// Open builds the block and loads it everywhere.
func Open(ctx context.Context, config Config) (*Bench, error) {
	b := &Bench{dir: config.Dir}
	if err := b.open(ctx, config); err != nil {
		return nil, errors.Join(fmt.Errorf("preparing to measure engines: %w", err), b.Close())
	}
	return b, nil
}

func (b *Bench) open(ctx context.Context, config Config) error {
	guest, err := config.build(ctx, wasmArtifact)
	if err != nil {
		return err
	}
	b.code = guest.Code
	if config.Serve != nil {
		if err := b.add(ctx, Native, native.Engine{}, engine.Artifact{Name: requests.Block, Serve: config.Serve}); err != nil {
			return err
		}
	}
	for _, kind := range []struct {
		name   string
		config wasm.Config
	}{{Unmetered, wasm.Config{Unmetered: true}}, {NotIsolated, wasm.Config{NoRestore: true}}, {Wasm, wasm.Config{}}} {
		kind.config.CacheDir = filepath.Join(config.Dir, "wasm")
		e, err := wasm.New(ctx, kind.config)
		if err != nil {
			return err
		}
		if err := b.add(ctx, kind.name, e, guest); err != nil {
			return err
		}
		if kind.name != Wasm {
			continue
		}
		if err := b.addScript(ctx, config, e); err != nil {
			return err
		}
	}
	program, err := config.build(ctx, "process")
	if err != nil {
		return err
	}
	return b.add(ctx, Process, process.New(process.Config{Dir: config.Dir}), program)
}

func (b *Bench) add(ctx context.Context, name string, e engine.Engine, artifact engine.Artifact) error {
	b.engines = append(b.engines, e)
	conn, err := e.Load(ctx, artifact)
	if err != nil {
		return err
	}
	b.Subjects = append(b.Subjects, Subject{name, conn})
	return nil
}

// addScript adds the block in TypeScript to an engine that runs the one in Go.
func (b *Bench) addScript(ctx context.Context, config Config, e engine.Engine) error {
	source, err := config.script(ctx)
	if err != nil {
		return err
	}
	artifact, err := script.Block(requests.Block, "1.0.0", source, engine.Limits{})
	if err != nil {
		return err
	}
	conn, err := e.Load(ctx, artifact)
	if err != nil {
		return err
	}
	b.Subjects = append(b.Subjects, Subject{Script, conn})
	return nil
}

func (c Config) builder() *build.Builder { return &build.Builder{Cache: filepath.Join(c.Dir, "build")} }

// build compiles the measured block for an engine.
func (c Config) build(ctx context.Context, engineName string) (engine.Artifact, error) {
	built, err := c.builder().Build(ctx, filepath.Join(c.Root, filepath.FromSlash(Folder)),
		manifest.Manifest{Name: requests.Block, Engine: engineName, Source: "go"})
	if err != nil {
		return engine.Artifact{}, err
	}
	code, err := os.ReadFile(built.Path)
	return engine.Artifact{Name: requests.Block, Digest: built.Digest, Code: code, Path: built.Path}, err
}

// Subject gives one of the subjects by its name.
func (b *Bench) Subject(name string) (Subject, error) {
	for _, s := range b.Subjects {
		if s.Name == name {
			return s, nil
		}
	}
	return Subject{}, fmt.Errorf("nothing is measured as %q", name)
}

// Close ends every engine.
func (b *Bench) Close() error {
	var failed []error
	for _, e := range b.engines {
		failed = append(failed, e.Close(context.Background()))
	}
	b.engines = nil
	return errors.Join(failed...)
}
