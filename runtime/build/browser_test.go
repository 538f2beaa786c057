package build_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/build"
	"github.com/quoin-lms/quoin/runtime/manifest"
)

var withAssets = manifest.Manifest{Name: "tiny", Source: "typescript", Engine: "wasm", Assets: "assets"}

// TypeScript among the assets becomes scripts that hold the runtime for browsers; other assets stay what they are.
func TestBrowser(t *testing.T) {
	dir := folder(t, map[string]string{
		"assets/vote.ts":    `import { call } from "@quoin/elements"; import { half } from "../lib/half"; document.title = String(half(4) satisfies number); void call("vote");`,
		"assets/plain.js":   `document.title = "plain"`,
		"assets/types.d.ts": `declare const x: number;`,
		"lib/half.ts":       `export const half = (n: number): number => n / 2;`,
	})
	scripts, err := build.Browser(dir, withAssets)
	if err != nil {
		t.Fatal(err)
	}
	code := string(scripts["assets/vote.js"])
	if len(scripts) != 1 || !strings.Contains(code, "stands in no block") || strings.Contains(code, "satisfies") || strings.Contains(code, "import") {
		t.Errorf("%d scripts: %s", len(scripts), code)
	}
	if scripts, err := build.Browser(dir, typescript); err != nil || len(scripts) != 0 {
		t.Errorf("a block without assets has %d scripts, %v", len(scripts), err)
	}
	if entries, err := os.ReadDir(filepath.Join(dir, "assets")); err != nil || len(entries) != 3 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}

// A browser's script reaches nothing outside of its folder either (security R11), and a mistake is told with its place.
func TestBrowserRefuses(t *testing.T) {
	for name, test := range map[string]struct{ source, want string }{
		"a mistake":        {"const a: = 1;", "assets/vote.ts:1:9"},
		"a neighbour":      {`import { secret } from "../../neighbour/secret"; document.title = secret;`, "outside of the block's folder"},
		"the other SDK":    {`import { block } from "@quoin/sdk"; block({});`, `"@quoin/sdk"`},
		"a part of it":     {`import { make } from "@quoin/elements/../../neighbour/secret"; make();`, "@quoin/elements/"},
		"a foreign script": {`import "https://example.org/x.js";`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			scripts, err := build.Browser(folder(t, map[string]string{"assets/vote.ts": test.source}), withAssets)
			var failed *build.Error
			switch {
			case test.want == "": // left to the browser, whose policy refuses it
				if err != nil || !strings.Contains(string(scripts["assets/vote.js"]), "https://example.org") {
					t.Errorf("%v: %s", err, scripts["assets/vote.js"])
				}
			case !errors.As(err, &failed) || !strings.Contains(failed.Output, test.want):
				t.Errorf("it was built, or failed otherwise: %v", err)
			}
		})
	}
}
