package build_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/manifest"
)

var inC = manifest.Manifest{Name: "tiny", Source: "c", Engine: "wasm"}

const tinyC = `#include "quoin.h"

static void describe(Call *call) { put_text(&call->reply, word(call, "greeting")); }

const Operation quoin_operations[] = {{"describe", describe}, {0}};
`

// needsClang skips a test where the compiler is missing.
func needsClang(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"clang", "wasm-ld"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("blocks in C need clang and lld: %v", err)
			}
			t.Skipf("blocks in C need clang and lld (on Debian: apt-get install clang lld): %v", err)
		}
	}
}

// A folder in C becomes one module that holds the binding and the words, equal for equal sources; nothing is written into the
// folder.
func TestC(t *testing.T) {
	needsClang(t)
	files := map[string]string{
		"block.c": strings.Replace(tinyC, "static", "int half(int n);\n\nstatic", 1), "half.c": "int half(int n) { return n / 2; }\n",
		"locales/en.json": `{"greeting": "Grüße \"1\"\n??/"}`, "locales/ar.json": `{"greeting": "أهلًا"}`,
	}
	var first []byte
	for range 2 {
		dir := folder(t, files)
		artifact, err := (&build.Builder{Cache: t.TempDir()}).Build(t.Context(), dir, inC)
		if err != nil {
			t.Fatal(err)
		}
		code, err := os.ReadFile(artifact.Path)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"\x00asm", "quoin_alloc", "Grüße \"1\"\n??/", "أهلًا"} {
			if !bytes.Contains(code, []byte(want)) {
				t.Errorf("the module holds no %q", want)
			}
		}
		if first != nil && !bytes.Equal(first, code) {
			t.Error("two builds of the same sources differ")
		}
		first = code
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 3 {
			t.Errorf("the folder holds %v, %v", entries, err)
		}
	}
}

func TestCRefuses(t *testing.T) {
	if _, err := (&build.Builder{Cache: t.TempDir(), Clang: "no-such-clang"}).Build(t.Context(), folder(t, map[string]string{"block.c": tinyC}), inC); err == nil || !strings.Contains(err.Error(), "apt-get install clang lld") {
		t.Errorf("without a compiler: %v", err)
	}
	needsClang(t)
	for want, files := range map[string]map[string]string{
		"holds no .c file":                      {"block.h": ""},
		"block.c:1:10":                          {"block.c": "#include \"none.h\"\n"},
		"undefined symbol: quoin_operations":    {"block.c": "#include \"quoin.h\"\n"},
		"locales/en.json: it must be an object": {"block.c": tinyC, "locales/en.json": `{"a": 1}`},
		"duplicate symbol":                      {"block.c": tinyC, "more.c": tinyC},
	} {
		_, err := (&build.Builder{Cache: t.TempDir()}).Build(t.Context(), folder(t, files), inC)
		var failed *build.Error
		if !errors.As(err, &failed) || !strings.Contains(failed.Output, want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

// What begins with a hyphen is a file and no flag of the compiler.
func TestCFilesAreNoFlags(t *testing.T) {
	needsClang(t)
	dir := folder(t, map[string]string{"block.c": tinyC, "-o nothing.c": "int unused;\n"})
	artifact, err := (&build.Builder{Cache: t.TempDir()}).Build(t.Context(), dir, inC)
	if err != nil || filepath.Base(artifact.Path) != "tiny.wasm" {
		t.Errorf("%+v, %v", artifact, err)
	}
}
