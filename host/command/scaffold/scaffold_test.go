package scaffold_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/host/command/scaffold"
	"github.com/quoin-lms/quoin/runtime/kernel"
)

// module makes a module of its own beside this one, as a block author's is, and returns its folder.
func module(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": fmt.Sprintf("module example.org/blocks\n\ngo 1.26\n\nrequire github.com/quoin-lms/quoin v0.0.0\n\n"+
			"replace github.com/quoin-lms/quoin => %s\n", root),
		"go.sum": string(sums),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestANewBlockPassesItsTestsAndBuilds writes blocks into a module of their own, runs their tests and compiles them for the
// sandbox: the templates cannot rot.
func TestANewBlockPassesItsTestsAndBuilds(t *testing.T) {
	dir := module(t)
	for _, name := range []string{"quiz", "seat-quiz-2"} {
		folder := filepath.Join(dir, name)
		if err := scaffold.Write(folder, name); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"vet", "./..."}, {"test", "-v", "./..."}} {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOPROXY=off", "GOFLAGS=-mod=mod", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		if args[0] == "test" && strings.Count(string(out), "PASS: TestBlock/story/first") != 2 {
			t.Errorf("the first story was not played in both blocks:\n%s", out)
		}
	}
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOWORK", "off")
	written, err := kernel.WritePackage(t.Context(), t.TempDir(), filepath.Join(dir, "quiz"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", written)
}

func TestFilesAreFormatted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "quiz")
	if err := scaffold.Write(dir, "quiz"); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"block.json", "icon.svg", "quiz.go", "quiz_test.go", "testdata/stories/first.txtar"} {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(file))); err != nil {
			t.Error(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), "gofmt", "-l", dir).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("not formatted: %s %v", out, err)
	}
}

func TestNamesThatNoBlockCanHave(t *testing.T) {
	for _, name := range []string{
		"", "x", "Quiz", "my_quiz", "-quiz", "quiz-", "my--quiz", "../quiz", "quiz/x", "7up", "func", "type", "main", "internal", "vendor",
		"testdata", strings.Repeat("a", 49),
	} {
		dir := filepath.Join(t.TempDir(), "block")
		if err := scaffold.Write(dir, name); !errors.Is(err, scaffold.ErrName) {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%q: something was written", name)
		}
	}
}

func TestAFolderWithSomethingInItIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "mine.txt")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := scaffold.Write(dir, "quiz"); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("got %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("got %v, %v", entries, err)
	}
	if err := scaffold.Write(mine, "quiz"); err == nil {
		t.Error("a file was taken for a folder")
	}
}
