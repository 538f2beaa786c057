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
	for file, wanted := range map[string][]string{
		"index.html": {`href="first-block-typescript.html"`, `id="docs-index"`, `src="guide.js"`, `href="guide.css"`},
		"guide.js":   {`document.getElementById("docs-index").textContent = "[[`, "first-block-typescript"},
		"guide.css":  {".docs-list"},
	} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wanted {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s lacks %s", file, want)
			}
		}
	}
	call(t, "", "docs", "more").want(t, 2, "usage: quoin docs")
}
