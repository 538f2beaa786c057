package blocks_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/engine"
	"github.com/quoin-lms/quoin/runtime/engine/wasm"
	"github.com/quoin-lms/quoin/runtime/registry"
)

// fence is a piece of a README that names the file it is.
var fence = regexp.MustCompile("(?s)```[a-z]+ ([a-z_/.]+)\n(.*?)```")

// TestTheReadmeOfBlocksIsTrue types in the block that blocks/README.md makes, in a module of its own, runs its tests, and
// loads it in the sandbox.
func TestTheReadmeOfBlocksIsTrue(t *testing.T) {
	readme, err := os.ReadFile(filepath.FromSlash("../../blocks/README.md"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"go.mod": fmt.Sprintf("module example.org/blocks\n\ngo 1.26\n\nrequire github.com/quoin-lms/quoin v0.0.0\n\n"+
			"replace github.com/quoin-lms/quoin => %s\n", root),
		"go.sum": string(sums),
	}
	for _, match := range fence.FindAllStringSubmatch(string(readme), -1) {
		files[match[1]] = match[2]
	}
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, value := range map[string]string{"GOPROXY": "off", "GOFLAGS": "-mod=mod", "GOWORK": "off"} {
		t.Setenv(name, value)
	}
	test := exec.CommandContext(t.Context(), "go", "test", "-v", "./...")
	test.Dir = dir
	out, err := test.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "PASS: TestBlock/story/once") {
		t.Fatalf("%v\n%s", err, out)
	}
	formatted, err := exec.CommandContext(t.Context(), "gofmt", "-l", dir).CombinedOutput()
	if err != nil || len(formatted) > 0 {
		t.Errorf("not formatted: %s %v", formatted, err)
	}
	loads(t, filepath.Join(dir, "rating"))
}

// loads compiles a block's folder for the sandbox and lets it describe itself there.
func loads(t *testing.T, folder string) {
	t.Helper()
	e, err := wasm.New(t.Context(), wasm.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	r, err := registry.Open(t.Context(), registry.Config{
		Engines: map[string]engine.Engine{"wasm": e}, Builder: &build.Builder{Cache: t.TempDir()}, Folders: []string{folder},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range r.List() {
		if status.Broken != "" || status.Version == nil {
			t.Errorf("%s: %s", status.Name, status.Broken)
		}
	}
	if len(r.List()) != 1 {
		t.Errorf("%d blocks were found in %s", len(r.List()), folder)
	}
}
