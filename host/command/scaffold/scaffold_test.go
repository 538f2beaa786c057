package scaffold_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/quoin-lms/quoin/host/command/scaffold"
	"github.com/quoin-lms/quoin/runtime/manifest"
)

// sdk is what a binary carries.
var sdk = os.DirFS(filepath.Join("..", "..", ".."))

// kinds are those that there are in a language.
func kinds(language string) []string {
	if language == "c" {
		return []string{"component"}
	}
	return scaffold.Kinds()
}

// write writes a block of every kind in a language.
func write(t *testing.T, dir, language string, module bool) {
	t.Helper()
	for _, kind := range kinds(language) {
		b := scaffold.Block{Name: "my-" + kind, Language: language, Kind: kind, Module: module, SDK: sdk}
		if err := scaffold.Write(filepath.Join(dir, b.Name), b); err != nil {
			t.Fatal(err)
		}
	}
}

// goRun runs the go command in a folder without any network.
func goRun(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// Each kind in Go, in a module of its own with the SDK beside it, is vetted and passes its tests natively.
func TestGoBlocksNeedNothingButTheGoCommand(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "go", true)
	for _, kind := range scaffold.Kinds() {
		folder := filepath.Join(dir, "my-"+kind)
		goRun(t, folder, "vet", "./...")
		if out := goRun(t, folder, "test", "-v", "./..."); !strings.Contains(out, "PASS: TestBlock/story/first") {
			t.Errorf("%s: the first story was not played:\n%s", kind, out)
		}
		if out := goRun(t, folder, "list", "-m", "all"); out != "example.org/my-"+kind+"\ngithub.com/quoin-lms/quoin v0.0.0 => ./.quoin/sdk\n" {
			t.Errorf("%s needs %s", kind, out)
		}
	}
}

// Blocks of a module that has the SDK bring none of their own.
func TestGoBlocksOfAModule(t *testing.T) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, dir, "go", false)
	text := fmt.Sprintf("module example.org/blocks\n\ngo 1.26\n\nrequire github.com/quoin-lms/quoin v0.0.0\n\nreplace github.com/quoin-lms/quoin => %s\n", root)
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := goRun(t, dir, "vet", "-mod=mod", "./..."); out != "" {
		t.Error(out)
	}
	if scaffold.Laid(filepath.Join(dir, "my-app")) {
		t.Error("the SDK was laid down although the module has it")
	}
	if out, err := exec.CommandContext(t.Context(), "gofmt", "-l", dir).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("not formatted: %s %v", out, err)
	}
}

// What stands in a folder is the same for each kind: valid, in two languages key by key, and explained in the README.
func TestFiles(t *testing.T) {
	for _, language := range scaffold.Languages() {
		dir := t.TempDir()
		write(t, dir, language, true)
		for _, kind := range kinds(language) {
			folder := filepath.Join(dir, "my-"+kind)
			files := os.DirFS(folder)
			read := func(name string) string {
				data, err := fs.ReadFile(files, name)
				if err != nil {
					t.Errorf("%s %s: %v", language, kind, err)
				}
				return string(data)
			}
			if m, err := manifest.Parse([]byte(read("block.json"))); err != nil || m.Source != language || m.Title != "My "+kind || m.Icon != "icon.svg" {
				t.Errorf("%s %s: %+v, %v", language, kind, m, err)
			}
			if en, ar := keys(t, read("locales/en.json")), keys(t, read("locales/ar.json")); !slices.Equal(en, ar) || len(en) == 0 {
				t.Errorf("%s %s: English has %q, Arabic %q", language, kind, en, ar)
			}
			entries, err := os.ReadDir(folder)
			if err != nil || !scaffold.Laid(folder) {
				t.Errorf("%s %s: no SDK, %v", language, kind, err)
			}
			readme := read("README.md")
			for _, entry := range entries {
				if name := entry.Name(); !strings.Contains(readme, "`"+name) && name != "README.md" && name != "testdata" {
					t.Errorf("%s %s: the README does not say what %s is", language, kind, name)
				}
			}
			if strings.ContainsAny(readme, "«»") || strings.Contains(readme, "<no value>") || strings.Contains(readme, "\n\n\n") {
				t.Errorf("%s %s: the README was not filled in:\n%s", language, kind, readme)
			}
		}
	}
}

// keys lists the keys of a catalogue in order.
func keys(t *testing.T, text string) []string {
	t.Helper()
	var words map[string]string
	if err := json.Unmarshal([]byte(text), &words); err != nil {
		t.Fatal(err)
	}
	var list []string
	for key := range words {
		list = append(list, key)
	}
	slices.Sort(list)
	return list
}

func TestNamesThatNoBlockCanHave(t *testing.T) {
	for _, name := range []string{
		"", "x", "Quiz", "my_quiz", "-quiz", "quiz-", "my--quiz", "../quiz", "quiz/x", "7up", "func", "type", "main", "internal", "vendor",
		"testdata", strings.Repeat("a", 49),
	} {
		refused(t, scaffold.Block{Name: name, Language: "go", Kind: "component", SDK: sdk}, scaffold.ErrName)
	}
	refused(t, scaffold.Block{Name: "quiz", Language: "cobol", Kind: "component", SDK: sdk}, scaffold.ErrKind)
	refused(t, scaffold.Block{Name: "quiz", Language: "go", Kind: "page", SDK: sdk}, scaffold.ErrKind)
	refused(t, scaffold.Block{Name: "quiz", Language: "c", Kind: "app", SDK: sdk}, scaffold.ErrKind)
	ok := scaffold.Block{Name: "type", Language: "typescript", Kind: "component", SDK: sdk}
	if err := scaffold.Write(filepath.Join(t.TempDir(), "block"), ok); err != nil {
		t.Errorf("a word of Go's in TypeScript: %v", err)
	}
}

func refused(t *testing.T, b scaffold.Block, why error) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "block")
	if err := scaffold.Write(dir, b); !errors.Is(err, why) {
		t.Errorf("%q: %v", b.Name, err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%q: something was written", b.Name)
	}
}

func TestAFolderWithSomethingInItIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "mine.txt")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := scaffold.Block{Name: "quiz", Language: "typescript", Kind: "component", SDK: sdk}
	if err := scaffold.Write(dir, b); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("got %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("got %v, %v", entries, err)
	}
	if err := scaffold.Write(mine, b); err == nil {
		t.Error("a file was taken for a folder")
	}
}

// An SDK is replaced whole: what an older one had is gone.
func TestLay(t *testing.T) {
	dir := t.TempDir()
	for _, files := range []fstest.MapFS{
		{"sdk/typescript/index.ts": {Data: []byte("1")}, "sdk/typescript/old.ts": {}, "sdk/typescript/package.json": {}},
		{"sdk/typescript/index.ts": {Data: []byte("2")}, "sdk/typescript/package.json": {}},
	} {
		files["sdk/elements/index.ts"], files["sdk/elements/package.json"] = &fstest.MapFile{}, &fstest.MapFile{}
		if err := scaffold.Lay(dir, "typescript", files); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, ".quoin", "sdk", "index.ts"))
	entries, failed := os.ReadDir(filepath.Join(dir, ".quoin", "sdk"))
	if err != nil || failed != nil || string(data) != "2" || len(entries) != 3 {
		t.Errorf("%s, %v, %v, %v", data, entries, err, failed)
	}
	for _, files := range []fs.FS{nil, fstest.MapFS{}} {
		if err := scaffold.Lay(t.TempDir(), "go", files); err == nil || !strings.Contains(err.Error(), "this binary carries n") {
			t.Errorf("without an SDK: %v", err)
		}
	}
	if err := scaffold.Lay(dir, "file", sdk); err == nil {
		t.Error("an SDK for no language")
	}
}
