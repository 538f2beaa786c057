package crashtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// built is the binary that all tests drive; it is made once.
var built struct {
	once sync.Once
	dir  string
	path string
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// binary builds the platform. What it carries must have been made before: make blocks and make web do that.
func binary(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("killing processes takes minutes: not with -short")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for what, pattern := range map[string]string{
		"make blocks": filepath.Join(root, "blocks/dist/problem/block.wasm.gz"), "make web": filepath.Join(root, "host/web/dist/*.js"),
	} {
		if found, err := filepath.Glob(pattern); err != nil || len(found) == 0 {
			absent(t, fmt.Sprintf("%s is not there: run %s first", pattern, what))
		}
	}
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "quoin-crash"); built.err != nil {
			return
		}
		built.path = filepath.Join(built.dir, "quoin")
		command := exec.CommandContext(t.Context(), "go", "build", "-o", built.path, ".")
		command.Dir = root
		if out, err := command.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("building the binary: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

// absent skips a test that needs something which is not on this machine; in CI that is a failure.
func absent(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// wait waits for what has to happen. Its patience is no measure of speed.
func wait(t *testing.T, what string, happened func() bool) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for !happened() {
		if time.Now().After(deadline) {
			t.Fatalf("it never happened that %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// run runs one command of the binary to its end.
func run(t *testing.T, in string, args ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), binary(t), args...)
	command.Stdin = strings.NewReader(in)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("quoin %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
