package command

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host/command/scaffold"
	"github.com/quoin-lms/quoin/host/web"
	"github.com/quoin-lms/quoin/runtime/npm"
)

// withSDK runs a command as a binary that carries the SDKs, in an empty folder, without network.
func withSDK(t *testing.T, args ...string) outcome {
	t.Helper()
	sdk, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return callWith(t.Context(), t, Parts{SDK: os.DirFS(sdk)}, args...)
}

// emptyMachine is an empty folder on a machine where the PATH has nothing but what is named, and no network.
func emptyMachine(t *testing.T, path string) string {
	t.Helper()
	t.Setenv("PATH", path)
	for name, value := range map[string]string{"GOPROXY": "off", "GOFLAGS": "-mod=mod", "GOWORK": "off"} {
		t.Setenv(name, value)
	}
	return t.TempDir()
}

// built skips where `make web` did not run: no interpreter for scripts, no assets of pages. In CI that is a failure.
func built(t *testing.T) {
	t.Helper()
	_, err := npm.File(npm.Interpreter)
	if err == nil {
		_, err = web.Embedded()
	}
	switch {
	case err == nil:
	case os.Getenv("CI") == "" && (errors.Is(err, npm.ErrNotBuilt) || errors.Is(err, web.ErrNotBuilt)):
		t.Skipf("run make web: %v", err)
	default:
		t.Fatal(err)
	}
}

// Every kind of block in TypeScript is made, tried and found good on a machine that has nothing but the binary.
func TestNewBlocksInTypeScript(t *testing.T) {
	built(t)
	dir := emptyMachine(t, t.TempDir())
	for _, kind := range scaffold.Kinds() {
		folder := filepath.Join(dir, "my-"+kind)
		withSDK(t, "block", "new", folder, "--kind", kind).want(t, 0, "made the block my-"+kind)
		withSDK(t, "block", "test", "-v", folder).want(t, 0, "ok   samples", "ok   story/first", "tried in wasm, all good")
		withSDK(t, "block", "check", folder).want(t, 0, "my-"+kind+" 0.1.0", "good")
	}
}

// Every kind in Go needs the go command besides.
func TestNewBlocksInGo(t *testing.T) {
	dir := emptyMachine(t, os.Getenv("PATH"))
	for _, kind := range scaffold.Kinds() {
		folder := filepath.Join(dir, "my-"+kind)
		withSDK(t, "block", "new", folder, "--lang", "go", "--kind", kind).want(t, 0, "made the block my-"+kind)
		withSDK(t, "block", "test", folder).want(t, 0, "tried in wasm, all good", "ok  \texample.org/my-"+kind)
		withSDK(t, "block", "check", folder).want(t, 0, "my-"+kind+" 0.1.0", "good")
	}
}

// A block in C needs clang and its linker besides, and says so where they are missing.
func TestNewBlockInC(t *testing.T) {
	path := os.Getenv("PATH")
	for _, tool := range []string{"clang", "wasm-ld"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("the block in C needs clang and lld: %v", err)
			}
			t.Skipf("the block in C needs clang and lld (on Debian: apt-get install clang lld): %v", err)
		}
	}
	folder := filepath.Join(emptyMachine(t, t.TempDir()), "quiz")
	withSDK(t, "block", "new", folder, "--lang", "c").want(t, 0, "made the block quiz")
	withSDK(t, "block", "test", folder).want(t, 1, "apt-get install clang lld")
	t.Setenv("PATH", path)
	withSDK(t, "block", "test", folder).want(t, 0, "tried in wasm, all good")
	withSDK(t, "block", "check", folder).want(t, 0, "quiz 0.1.0", "good")
	source := filepath.Join(folder, "block.c")
	data, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(source, []byte(strings.Replace(string(data), "full ? 1 : 0", "full ? 1 : 1", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	withSDK(t, "block", "test", folder).want(t, 1, "first.txtar:7: verdict scored 0/1", "scored 1/1")
	if err := os.WriteFile(source, []byte("int x = ;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	withSDK(t, "block", "test", folder).want(t, 1, "it does not compile", "block.c:1:9")
}

// Who breaks a new block reads which line of the story does not hold, what was asked and what is different.
func TestAMistakeInANewBlockIsShown(t *testing.T) {
	built(t)
	folder := filepath.Join(emptyMachine(t, t.TempDir()), "quiz")
	withSDK(t, "block", "new", folder).want(t, 0)
	source := filepath.Join(folder, "block.ts")
	data, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.Replace(string(data), "scored(answers === secret.right", "scored(answers !== secret.right", 1)
	if err := os.WriteFile(source, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	withSDK(t, "block", "test", folder).want(t, 1, filepath.Join(folder, "testdata", "stories", "first.txtar")+":7: verdict scored 0/1",
		"scored 1/1", "the newest call: grade", `"answers":"3"`, "FAIL samples", "2 to mend")
	withSDK(t, "block", "test", "--run", "^views$", folder).want(t, 0, "1 tried")
	withSDK(t, "block", "test", "--run", "nonsense", folder).want(t, 0, "nothing is called so")
}

func TestNewRefuses(t *testing.T) {
	dir := t.TempDir()
	withSDK(t, "block", "new").want(t, 2, "usage: quoin block new")
	withSDK(t, "block", "new", filepath.Join(dir, "Bad Name")).want(t, 1, "lower-case")
	withSDK(t, "block", "new", filepath.Join(dir, "quiz"), "--lang", "cobol").want(t, 1, "typescript, go, c")
	withSDK(t, "block", "new", filepath.Join(dir, "quiz"), "--lang", "c", "--kind", "app").want(t, 1, "in C there is a component")
	withSDK(t, "block", "new", filepath.Join(dir, "quiz"), "--kind", "page").want(t, 1, "component, app, grader")
	call(t, "", "block", "new", filepath.Join(dir, "quiz")).want(t, 1, "carries none")
}

// The SDK is laid down again where a block carries one.
func TestSDKIsRefreshed(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "quiz")
	withSDK(t, "block", "new", folder).want(t, 0)
	old := filepath.Join(folder, ".quoin", "sdk", "old.ts")
	if err := os.WriteFile(old, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	withSDK(t, "block", "sdk", folder).want(t, 0, "has the SDK of this quoin")
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the older SDK is still there: %v", err)
	}
	withSDK(t, "block", "sdk", "../../examples/blocks/likert").want(t, 0, "carries no SDK")
	withSDK(t, "block", "sdk").want(t, 2, "usage: quoin block sdk")
}

// A block belongs to the module around it only where that has the SDK.
func TestInModule(t *testing.T) {
	for text, want := range map[string]bool{
		"":                                    false,
		"module example.org/x\n":              false,
		"module github.com/quoin-lms/quoin\n": true,
		"module x\n\nrequire (\n\tgithub.com/quoin-lms/quoin v0.1.0\n)\n":     true,
		"module x\n\nrequire github.com/quoin-lms/quoin v0.1.0 // indirect\n": true,
		"module x\n\nrequire github.com/quoin-lms/quoin-tools v0.1.0\n":       false,
	} {
		dir := t.TempDir()
		if text != "" {
			if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := inModule(filepath.Join(dir, "blocks", "mine")); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
