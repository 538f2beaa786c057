package enginetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/script"
	"github.com/quoin-lms/quoin/runtime/manifest"
)

// Block is a block's source folder.
type Block struct {
	Folder   string
	Manifest manifest.Manifest
}

// places are where blocks stand, below the repository's root.
var places = []string{"blocks", filepath.Join("examples", "blocks")}

// Blocks finds every block of the repository.
func Blocks(t testing.TB) []Block {
	t.Helper()
	var found []Block
	for _, place := range places {
		manifests, err := filepath.Glob(filepath.Join(root(t), place, "*", manifest.FileName))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range manifests {
			found = append(found, read(t, filepath.Dir(path)))
		}
	}
	if len(found) == 0 {
		t.Fatalf("no block stands in %v", places)
	}
	return found
}

// Fixture gives one of this package's own blocks: "hostile" or "bench".
func Fixture(t testing.TB, name string) Block {
	t.Helper()
	return read(t, filepath.Join(root(t), "runtime", "engine", "enginetest", "testdata", name))
}

func read(t testing.TB, folder string) Block {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, manifest.FileName))
	if err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Parse(data)
	if err != nil {
		t.Fatalf("%s: %v", folder, err)
	}
	return Block{Folder: folder, Manifest: m}
}

// root is the repository's, found from where this file was compiled or, with -trimpath, from the working folder upwards.
func root(t testing.TB) string {
	t.Helper()
	_, file, _, _ := runtime.Caller(0)
	for dir := filepath.Dir(file); ; {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if up := filepath.Dir(dir); up != dir {
			dir = up
			continue
		}
		working, err := os.Getwd()
		if err != nil || dir == working {
			t.Fatalf("no go.mod stands above %s", file)
		}
		dir = working
	}
}

// Code makes a block's artifact for an engine; ok is false when that engine cannot host the block.
type Code func(t testing.TB, engineName string, b Block) (artifact engine.Artifact, ok bool)

// Built compiles blocks for the engines wasm and process.
func Built(t testing.TB, engineName string, b Block) (engine.Artifact, bool) {
	t.Helper()
	if engineName == "native" || (b.Manifest.Source == "file" || b.Manifest.Script()) && b.Manifest.Engine != engineName {
		return engine.Artifact{}, false
	}
	limits := engine.Limits{Memory: int64(b.Manifest.Limits.MemoryMB) << 20, Fuel: b.Manifest.Limits.Fuel}
	artifact := engine.Artifact{Name: b.Manifest.Name, Version: b.Manifest.Version, Limits: limits}
	built, err := compiled(engineName, b)
	if err != nil {
		t.Fatal(err)
	}
	artifact.Digest = built.digest
	if b.Manifest.Script() {
		if artifact, err = script.Block(b.Manifest.Name, b.Manifest.Version, built.code, limits); err != nil {
			t.Fatal(err)
		}
		return artifact, true
	}
	if engineName == "wasm" {
		artifact.Code = built.code
		return artifact, true
	}
	artifact.Path = filepath.Join(t.TempDir(), b.Manifest.Name)
	if err := os.WriteFile(artifact.Path, built.code, 0o700); err != nil {
		t.Fatal(err)
	}
	return artifact, true
}

// output is a built artifact.
type output struct {
	code   []byte
	digest string
}

// builds holds what this process has built, by engine and folder.
var builds sync.Map

// compiled builds a block once. The builder's output is read at once: another test process may build the same folder.
func compiled(engineName string, b Block) (output, error) {
	once, _ := builds.LoadOrStore(engineName+" "+b.Folder, sync.OnceValues(func() (output, error) {
		cache, err := os.MkdirTemp("", "quoin-enginetest-")
		if err != nil {
			return output{}, err
		}
		defer os.RemoveAll(cache)
		m := b.Manifest
		m.Engine = engineName
		builder := build.Builder{Cache: cache}
		artifact, err := builder.Build(context.Background(), b.Folder, m)
		if err != nil {
			return output{}, err
		}
		code, err := os.ReadFile(artifact.Path)
		return output{code, artifact.Digest}, err
	}))
	build, ok := once.(func() (output, error))
	if !ok {
		return output{}, fmt.Errorf("building %s: %T is kept", b.Folder, once)
	}
	return build()
}
