package command

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// blockModule makes a module for blocks beside this one, as a block developer has it.
func blockModule(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"go.mod": fmt.Sprintf("module example.org/blocks\n\ngo 1.26.0\n\nrequire github.com/quoin-lms/quoin v0.0.0\n\nreplace github.com/quoin-lms/quoin => %s\n", root),
		"go.sum": string(sums),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOPROXY", "off")
	return dir
}

// TestBlockFromNewToPackage walks the way of somebody who makes a block.
func TestBlockFromNewToPackage(t *testing.T) {
	dir := blockModule(t)
	folder := filepath.Join(dir, "moon-phase")
	call(t, "", "block", "new", "--lang", "go", folder).want(t, 0, "made the block moon-phase", "quoin block test "+folder)
	call(t, "", "block", "new", "--lang", "go", folder).want(t, 1, "is not empty")
	call(t, "", "block", "test", folder).want(t, 0, "ok")
	call(t, "", "block", "check", folder).want(t, 0, "moon-phase 0.1.0", "good", "grade")
	out := filepath.Join(t.TempDir(), "dist")
	cache := t.TempDir()
	call(t, "", "block", "build", "--cache", cache, "--out", out, folder).want(t, 0, "moon-phase 0.1.0: ")
	first := contents(t, out)
	for _, name := range []string{"block.json", "block.wasm.gz", "block.wasm.gz.sha256", "icon.svg", "locales/en.json", "locales/ar.json"} {
		if first["moon-phase/"+name] == "" {
			t.Errorf("%s is not in the package", name)
		}
	}
	if len(first) != 6 {
		t.Errorf("the package holds %d files", len(first))
	}
	call(t, "", "block", "build", "--cache", t.TempDir(), "--out", out, folder).want(t, 0)
	for name, text := range contents(t, out) {
		if first[name] != text {
			t.Errorf("%s is another one after building again with an empty cache", name)
		}
	}
	test := filepath.Join(folder, "broken_test.go")
	if err := os.WriteFile(test, []byte("package moonphase\n\nimport \"testing\"\n\nfunc TestBroken(t *testing.T) { t.Fatal(\"on purpose\") }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	call(t, "", "block", "test", folder).want(t, 1, "tried in wasm, all good", "on purpose")
}

// contents reads every file below a folder.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		out[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestBlockCommandsRefuse(t *testing.T) {
	empty := t.TempDir()
	for _, verb := range []string{"check", "test"} {
		call(t, "", "block", verb).want(t, 2, "usage: quoin block "+verb)
		call(t, "", "block", verb, filepath.Join(empty, "none")).want(t, 1, "there is no folder")
		call(t, "", "block", verb, empty).want(t, 1, "is no block and holds none", "block.json")
	}
	call(t, "", "block", "new", filepath.Join(empty, "Bad Name")).want(t, 1, "lower-case")
	call(t, "", "block", "build", empty).want(t, 2, "usage: quoin block build")
	call(t, "", "block", "build", "--out", t.TempDir(), empty).want(t, 1, "is no block")
	bad := t.TempDir()
	if err := os.WriteFile(filepath.Join(bad, "block.json"), []byte(`{"name": "x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	got := call(t, "", "block", "check", bad)
	got.want(t, 1, "1 to mend", filepath.Join(bad, "block.json"), "-> ")
	call(t, "", "block", "build", "--out", t.TempDir(), bad).want(t, 1, "invalid manifest")
	call(t, "", "block", "test", bad).want(t, 1, "to mend", "version")
	call(t, "", "block", "test", "--run", "(", bad).want(t, 1, "--run")
	t.Setenv("PATH", empty)
	call(t, "", "block", "test", "../../examples/blocks/seats").want(t, 1, "install Go")
}
