// Package cases reads the recorded gradings of the reference engine, for tests. The records are not part of the
// repository: tests that need them skip where they are absent.
package cases

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Dir is the folder of the records: the environment's QUOIN_CAPA_CASES (relative to the repository's root), else
// ../shared/capa beside the repository. It skips the test when there is none.
func Dir(t testing.TB) string {
	t.Helper()
	root := root(t)
	dir := os.Getenv("QUOIN_CAPA_CASES")
	if dir == "" {
		dir = filepath.Join("..", "shared", "capa")
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(root, dir)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no recorded gradings: %v (set QUOIN_CAPA_CASES)", err)
	}
	return dir
}

func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the working directory")
		}
		dir = parent
	}
}

// Each decodes every line of a file of records into a new L. Numbers keep their text where L asks for any.
func Each[L any](t testing.TB, file string, visit func(line L)) {
	t.Helper()
	f, err := os.Open(filepath.Join(Dir(t), file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan(); n++ {
		var line L
		decoder := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		decoder.UseNumber()
		if err := decoder.Decode(&line); err != nil {
			t.Fatalf("%s, line %d: %v", file, n, err)
		}
		visit(line)
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
