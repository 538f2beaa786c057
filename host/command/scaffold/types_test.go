package scaffold_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host/command/scaffold"
)

// Editors find no mistake in new blocks: the compiler of TypeScript takes each kind with the tsconfig.json and the SDK that
// were laid down beside it, and with nothing else.
func TestEditorsFindTypes(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", "sdk", "typescript", "testdata", "npm", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		if os.Getenv("CI") == "" {
			t.Skipf("npm cannot fetch TypeScript's compiler: %v: %.300s", err, out)
		}
		t.Fatalf("npm cannot fetch TypeScript's compiler: %v: %.300s", err, out)
	}
	compile := func(project string) (string, error) {
		out, err := exec.CommandContext(t.Context(), "node", filepath.Join(dir, "node_modules", "typescript", "lib", "tsc.js"), "-p", project).CombinedOutput()
		return string(out), err
	}
	blocks := t.TempDir()
	write(t, blocks, "typescript", false)
	for _, kind := range scaffold.Kinds() {
		if out, err := compile(filepath.Join(blocks, "my-"+kind)); err != nil {
			t.Errorf("%s: %v\n%s", kind, err, out)
		}
	}
	// A script in assets has the types of the browser and of @quoin/elements.
	folder := filepath.Join(blocks, "my-component")
	if err := os.Mkdir(filepath.Join(folder, "assets"), 0o755); err != nil {
		t.Fatal(err)
	}
	for script, wrong := range map[string]string{
		`import { platform } from "@quoin/elements"; document.title = platform().usage;`:         "",
		`import { platform } from "@quoin/elements"; export const n: number = platform().usage;`: "not assignable",
	} {
		if err := os.WriteFile(filepath.Join(folder, "assets", "view.ts"), []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := compile(filepath.Join(folder, "tsconfig.assets.json")); (err == nil) != (wrong == "") || !strings.Contains(out, wrong) {
			t.Errorf("%s: %v\n%s", script, err, out)
		}
	}
}
