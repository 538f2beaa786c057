package enginetest_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/enginetest"
	"github.com/quoin-lms/quoin/runtime/engine/native"
	"github.com/quoin-lms/quoin/runtime/engine/process"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
)

// cacheDir keeps compiled code between runs, as the engine's own tests do: with -race, compiling a Go guest takes minutes.
var cacheDir = filepath.Join(os.TempDir(), "quoin-test-wazero")

func openWasm(t testing.TB, config wasm.Config) *wasm.Engine {
	t.Helper()
	if config.CacheDir == "" {
		config.CacheDir = cacheDir
	}
	e, err := wasm.New(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // after it was closed
		if used := e.Usage(); used.Memory != 0 || used.Instances != 0 || used.Loaded != 0 {
			t.Errorf("the closed engine holds %+v", used)
		}
	})
	closing(t, e)
	return e
}

func openProcess(t testing.TB, config process.Config) *process.Engine {
	t.Helper()
	dir, err := os.MkdirTemp("", "q") // sockets need a short path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	config.Dir = dir
	e := process.New(config)
	closing(t, e)
	return e
}

func closing(t testing.TB, e engine.Engine) {
	t.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func TestEveryBlockIsTheSameInEveryEngine(t *testing.T) {
	enginetest.Same(t, code, openWasm(t, wasm.Config{}), openProcess(t, process.Config{}), native.Engine{})
}

func TestPlaysReachGrading(t *testing.T) {
	for _, b := range enginetest.Blocks(t) {
		if b.Manifest.Name != "problem" {
			continue
		}
		graded := 0
		for _, step := range enginetest.Play(t, enginetest.Load(t, native.Engine{}, code, b), b.Manifest) {
			if strings.Contains(step.Name, ": grade ") && step.Failure == nil {
				graded++
			}
		}
		if graded < 10 {
			t.Errorf("only %d answers were graded", graded)
		}
		return
	}
	t.Error("there is no block problem")
}
