package suite

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A view may name what browsers get: a script that is written in TypeScript by its bundled name, other assets by their own.
func TestAssetsAsServed(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"assets/vote.ts", "assets/vote.d.ts", "assets/vote.css", "assets/lib/half.ts"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "block.json"), []byte(`{"name": "vote", "assets": "assets"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := readManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(m.assets)
	if want := []string{"lib/half.ts", "vote.css", "vote.d.ts", "vote.js"}; !slices.Equal(m.assets, want) {
		t.Errorf("the assets are %q, want %q", m.assets, want)
	}
}
