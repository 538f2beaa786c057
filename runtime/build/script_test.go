package build_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/manifest"
)

var typescript = manifest.Manifest{Name: "tiny", Source: "typescript", Engine: "wasm"}

// folder makes a block's folder with these files, in a folder that holds a neighbour with a secret.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	files["../neighbour/secret.ts"] = `export const secret = "hush";`
	dir := filepath.Join(root, "tiny")
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A folder in TypeScript becomes one script that holds the SDK, equal for equal sources; nothing is written into the folder.
func TestScript(t *testing.T) {
	files := map[string]string{
		"block.ts":        `import { block } from "@quoin/sdk"; import words from "./locales/en.json"; import { half } from "./lib/half"; export default block({ fields: {}, messages: { en: words }, samples: () => [half(2)] as never });`,
		"lib/half.ts":     `export const half = (n: number): number => n / 2;`,
		"locales/en.json": `{"greeting": "Grüße"}`,
	}
	var first []byte
	for range 2 {
		dir := folder(t, files)
		artifact, err := (&build.Builder{Cache: t.TempDir()}).Build(t.Context(), dir, typescript)
		if err != nil {
			t.Fatal(err)
		}
		code, err := os.ReadFile(artifact.Path)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"globalThis.serve", "Grüße", "typescript 1"} {
			if !strings.Contains(string(code), want) {
				t.Errorf("the script holds no %q", want)
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

// What cannot be bundled is told with its place; what stands outside of the folder, or is no part of it, is not read.
func TestScriptRefuses(t *testing.T) {
	outside, err := filepath.Abs("script.go")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		source string
		want   []string
	}{
		"a mistake":              {"export default {\n  a: 1,\n  b: ;\n};", []string{"block.ts:3:5", "Unexpected"}},
		"no default":             {"export const a = 1;", []string{`"default"`, "block.ts"}},
		"a neighbour":            {`import { secret } from "../neighbour/secret"; export default secret;`, []string{"outside of the block's folder"}},
		"a link to a neighbour":  {`import { secret } from "./link"; export default secret;`, []string{"outside of the block's folder"}},
		"an absolute path":       {`import text from "` + filepath.ToSlash(outside) + `"; export default text;`, []string{"outside of the block's folder"}},
		"a package that is none": {`import fs from "node:fs"; export default fs;`, []string{`"node:fs"`}},
		"a part of the SDK":      {`import { secret } from "@quoin/sdk/../../neighbour/secret"; export default secret;`, []string{"@quoin/sdk/"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, map[string]string{"block.ts": test.source})
			if err := os.Symlink(filepath.Join(dir, "..", "neighbour", "secret.ts"), filepath.Join(dir, "link.ts")); err != nil {
				t.Fatal(err)
			}
			_, err := (&build.Builder{Cache: t.TempDir()}).Build(t.Context(), dir, typescript)
			var failed *build.Error
			if !errors.As(err, &failed) {
				t.Fatalf("it was built, or failed otherwise: %v", err)
			}
			for _, want := range test.want {
				if !strings.Contains(failed.Output, want) {
					t.Errorf("the builder says %q, without %q", failed.Output, want)
				}
			}
		})
	}
	if _, err := (&build.Builder{Cache: t.TempDir()}).Build(t.Context(), folder(t, map[string]string{"notes.txt": "x"}), typescript); err == nil || !strings.Contains(err.Error(), "block.ts") {
		t.Errorf("a folder without a source: %v", err)
	}
}
