package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The guide as files: every page with its search, and links that lead to files.
func TestDocsAsFiles(t *testing.T) {
	built(t)
	dir := filepath.Join(t.TempDir(), "guide")
	call(t, "", "docs", "--out", dir).want(t, 0, filepath.Join(dir, "index.html"))
	text, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`href="first-block-typescript.html"`, `id="docs-index"`, "first-block-typescript", ".docs-list"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the first page lacks %s", want)
		}
	}
	call(t, "", "docs", "more").want(t, 2, "usage: quoin docs")
}
