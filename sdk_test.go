package main

import (
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The binary carries every file that a block in Go and its test are compiled with, so that `quoin block new` needs no network.
func TestTheBinaryCarriesTheSDK(t *testing.T) {
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f",
		`{{if .Module}}{{range .GoFiles}}{{$.ImportPath}}/{{.}}{{"\n"}}{{end}}{{range .IgnoredGoFiles}}{{$.ImportPath}}/{{.}}{{"\n"}}{{end}}{{end}}`, "./sdk/blocktest", "./sdk/question")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	files := strings.Fields(string(out))
	if len(files) < 50 {
		t.Fatalf("only %d files: %q", len(files), files)
	}
	scripts, err := filepath.Glob("sdk/typescript/*.ts")
	if err != nil || len(scripts) < 10 {
		t.Fatalf("%q, %v", scripts, err)
	}
	elements, err := filepath.Glob("sdk/elements/*.ts")
	if err != nil || len(elements) < 10 {
		t.Fatalf("%q, %v", elements, err)
	}
	for _, file := range append(append(append(files, scripts...), elements...), "sdk/question/locales/en.json", "sdk/question/locales/ar.json", "sdk/c/src/quoin.h", "sdk/c/src/quoin.c", "sdk/c/src/json.c", "sdk/c/src/text.c") {
		file = strings.TrimPrefix(filepath.ToSlash(file), "github.com/quoin-lms/quoin/")
		if _, err := fs.Stat(sdk, file); err != nil {
			t.Errorf("the binary does not carry %s: name it at the variable sdk", file)
		}
	}
}
