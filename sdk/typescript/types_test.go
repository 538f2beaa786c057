package typescript_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk/guide"
)

// piece is TypeScript in the guide.
var piece = regexp.MustCompile("(?ms)^```ts(?: [^\n]*)?\n(.*?)^```$")

// The SDK, the blocks of this repository that are written with it, and every piece of TypeScript in the guide have the types that
// they say. The bundler drops types, so that nothing else looks at them.
func TestTypes(t *testing.T) {
	compiler := compiler(t)
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	check(t, compiler, filepath.Join(root, "sdk", "typescript", "tsconfig.json"))
	check(t, compiler, filepath.Join(root, "sdk", "elements", "tsconfig.json"))

	dir, browser := t.TempDir(), t.TempDir()
	include := []string{filepath.Join(dir, "*.ts"), filepath.Join(root, "examples", "blocks", "**", "*.ts"), filepath.Join(root, "runtime", "engine", "enginetest", "testdata", "**", "*.ts")}
	pages, err := guide.Pages()
	if err != nil {
		t.Fatal(err)
	}
	pieces := 0
	for _, page := range pages {
		for n, match := range piece.FindAllStringSubmatch(page.Markdown, -1) {
			pieces++
			to := dir
			if strings.Contains(match[1], `from "@quoin/elements"`) {
				to = browser
			}
			write(t, filepath.Join(to, fmt.Sprintf("%s-%d.ts", page.Slug, n+1)), match[1]+"\nexport {};\n")
		}
	}
	if pieces == 0 {
		t.Error("the guide holds no TypeScript")
	}
	for _, language := range []string{"en", "ar"} { // what first blocks import
		write(t, filepath.Join(dir, "locales", language+".json"), `{"key": "text"}`)
	}
	// A block's own code runs where no browser is, its script of the browser nowhere else.
	checkTogether(t, compiler, dir, include, "@quoin/sdk", filepath.Join(root, "sdk", "typescript", "index.ts"), "ES2024")
	checkTogether(t, compiler, browser, []string{filepath.Join(browser, "*.ts"), filepath.Join(root, "examples", "blocks", "*", "assets", "*.ts")}, "@quoin/elements", filepath.Join(root, "sdk", "elements", "index.ts"), "ES2024", "DOM", "DOM.Iterable")
}

// checkTogether checks files that import one package of ours.
func checkTogether(t *testing.T, compiler, dir string, include []string, name, entry string, libraries ...string) {
	t.Helper()
	exclude := []string{}
	if name == "@quoin/sdk" { // scripts of browsers are checked with what browsers have
		root, err := filepath.Abs(filepath.Join("..", ".."))
		if err != nil {
			t.Fatal(err)
		}
		exclude = append(exclude, filepath.Join(root, "examples", "blocks", "*", "assets"))
	}
	config, err := json.Marshal(map[string]any{
		"compilerOptions": map[string]any{
			"strict": true, "noEmit": true, "target": "ES2024", "lib": libraries, "types": []string{}, "module": "preserve",
			"moduleResolution": "bundler", "resolveJsonModule": true, "allowImportingTsExtensions": true, "noUncheckedIndexedAccess": true,
			"paths": map[string][]string{name: {entry}},
		},
		"include": include,
		"exclude": exclude,
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "tsconfig.json"), string(config))
	check(t, compiler, filepath.Join(dir, "tsconfig.json"))
}

func check(t *testing.T, compiler, config string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "node", compiler, "-p", config).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// compiler fetches the compiler of the lockfile in testdata/npm.
func compiler(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join("testdata", "npm", name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), string(text))
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		if os.Getenv("CI") == "" {
			t.Skipf("npm cannot fetch TypeScript's compiler: %v: %.300s", err, out)
		}
		t.Fatalf("npm cannot fetch TypeScript's compiler: %v: %.300s", err, out)
	}
	return filepath.Join(dir, "node_modules", "typescript", "lib", "tsc.js")
}
