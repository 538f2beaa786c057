package registry_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/registry"
)

// A script of TypeScript among the assets is there bundled, under an address of its own each time that it changes; code that did
// not change is not another artifact for it.
func TestBrowserScriptsOfFolders(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "quiz")
	write(t, folder, manifestOf("quiz", "1.0.0", `, "assets": "assets"`), script{Say: "good"}.code())
	put := func(text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(folder, "assets"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "assets", "quiz.ts"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(`import { announce } from "@quoin/elements"; announce("first" satisfies string);`)
	r, _ := open(t, registry.Config{Folders: []string{filepath.Dir(folder)}})
	says(t, r, "quiz", "good")
	first := status(t, r, "quiz").Version
	code, err := fs.ReadFile(first.Files, "assets/quiz.js")
	if err != nil || !strings.Contains(string(code), `"first"`) || strings.Contains(string(code), "satisfies") {
		t.Fatalf("%v: %s", err, code)
	}
	put(`document.title = "second, which is longer";`)
	if swapped := r.Reload(t.Context()); swapped != 1 {
		t.Errorf("%d folders were swapped", swapped)
	}
	second := status(t, r, "quiz").Version
	if second.Digest == first.Digest {
		t.Error("the changed script has the address of the one before, which browsers keep")
	}
	says(t, r, "quiz", "good")
	put(`document.title = ;`)
	r.Reload(t.Context())
	if why := status(t, r, "quiz").Broken; !strings.Contains(why, "quiz.ts") {
		t.Errorf("the reason is %q", why)
	}
	says(t, r, "quiz", "good")
}
