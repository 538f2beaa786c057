package build_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/manifest"
)

func read(t *testing.T, folder string) manifest.Manifest {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, manifest.FileName))
	if err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// bench is a small block of the engines' tests.
var bench = filepath.Join("..", "engine", "enginetest", "testdata", "bench")

// Equal sources give equal bytes, wherever the cache stands; the block's folder stays as it was.
func TestBuildsAreReproducible(t *testing.T) {
	before, err := os.ReadDir(bench)
	if err != nil {
		t.Fatal(err)
	}
	m := read(t, bench)
	var first []byte
	for range 2 {
		artifact, err := (&build.Builder{Cache: t.TempDir()}).Build(t.Context(), bench, m)
		if err != nil {
			t.Fatal(err)
		}
		code, err := os.ReadFile(artifact.Path)
		if err != nil || !bytes.HasPrefix(code, []byte("\x00asm")) {
			t.Fatalf("no module: %v", err)
		}
		if first != nil && !bytes.Equal(first, code) {
			t.Error("two builds of the same sources differ")
		}
		first = code
	}
	after, err := os.ReadDir(bench)
	if err != nil || len(after) != len(before) {
		t.Errorf("the folder holds %v, had %v, %v", after, before, err)
	}
}

// goSays makes a go command that fails like a compiler.
func goSays(t *testing.T, words string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "go")
	if err := os.WriteFile(path, []byte("#!/bin/sh\necho '"+words+"' >&2\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFailuresAreShown(t *testing.T) {
	m := read(t, bench)
	_, err := (&build.Builder{Cache: t.TempDir(), Go: goSays(t, "quiz.go:7:2: undefined: word")}).Build(t.Context(), bench, m)
	var failure *build.Error
	if !errors.As(err, &failure) || !strings.Contains(err.Error(), "quiz.go:7:2: undefined: word") || !strings.Contains(failure.Folder, "bench") {
		t.Errorf("a compiler's words: %v", err)
	}
	_, err = (&build.Builder{Cache: t.TempDir(), Go: "no-such-go"}).Build(t.Context(), bench, m)
	if err == nil || !strings.Contains(err.Error(), "install Go") {
		t.Errorf("without Go: %v", err)
	}
	m.Source, m.Artifact = "file", "no-such-module.wasm"
	if _, err := (&build.Builder{}).Build(t.Context(), bench, m); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without the artifact: %v", err)
	}
}

// The compiler runs in the block's folder, so a cache that is named from elsewhere must mean the same there.
func TestCacheBelowTheWorkingFolder(t *testing.T) {
	folder, err := filepath.Abs(bench)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if _, err := (&build.Builder{Cache: filepath.Join(".data", "cache")}).Build(t.Context(), folder, read(t, folder)); err != nil {
		t.Error(err)
	}
}
