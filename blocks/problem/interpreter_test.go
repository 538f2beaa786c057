package problem_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/npm"
	"github.com/quoin-lms/quoin/runtime/scripting"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// sandbox is the real interpreter, one for all tests: starting it takes seconds on a machine that never compiled it.
var sandbox = sync.OnceValues(func() (*scripting.Interpreter, error) {
	engine, err := wasm.New(context.Background(), wasm.Config{CacheDir: cacheDir(), Workers: 2})
	if err != nil {
		return nil, err
	}
	python, err := scripting.New(scripting.Config{Engine: engine})
	if err != nil {
		return nil, err
	}
	return python, python.Start(context.Background())
})

// cacheDir is where compiled modules of tests are kept.
func cacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return dir + "/quoin-test-python"
}

// interpreted gives the interpreter. The test skips where `make web` did not fetch it; in CI that is a failure.
func interpreted(t testing.TB) *scripting.Interpreter {
	t.Helper()
	python, err := sandbox()
	if errors.Is(err, npm.ErrNotBuilt) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return python
}

// interpreter runs programs in the sandbox.
func interpreter(t testing.TB) capa.Runner {
	t.Helper()
	python := interpreted(t)
	return func(p capa.Program) (capa.Ran, error) {
		done, err := python.Run(t.Context(), wire.ScriptRun{
			Language: "python", Prelude: "capa", Code: p.Code, Globals: p.Globals, Want: p.Want, Seed: int(p.Seed),
		}, nil)
		if err != nil {
			return capa.Ran{}, err
		}
		ran := capa.Ran{Globals: done.Globals}
		if done.Failed != nil {
			ran.Failed = &capa.ProgramError{Class: done.Failed.Class, Message: done.Failed.Message, Line: done.Failed.Line}
		}
		return ran, nil
	}
}
