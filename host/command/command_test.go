package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/kernel"
)

// scratch holds what all tests of the package share: compiled blocks and caches.
var scratch string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	var err error
	if scratch, err = os.MkdirTemp("", "quoin-command-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(scratch)
	// Commands get cache folders of their own, which must not make the go command compile its library anew.
	if cache, err := exec.Command("go", "env", "GOCACHE").Output(); err == nil { // without it such tests skip or fail by themselves
		if err := os.Setenv("GOCACHE", strings.TrimSpace(string(cache))); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return m.Run()
}

// shipped compiles the text and problem blocks once, as `make blocks` does.
var shipped = sync.OnceValues(func() (fs.FS, error) {
	folders, err := kernel.BlockFolders([]string{"../../blocks/html", "../../blocks/problem"})
	if err != nil {
		return nil, err
	}
	out := filepath.Join(scratch, "dist")
	for _, folder := range folders {
		if _, err := kernel.WritePackage(context.Background(), filepath.Join(scratch, "build"), folder, out); err != nil {
			return nil, err
		}
	}
	return os.DirFS(out), nil
})

// outcome is what a command left: its exit status and what it wrote.
type outcome struct {
	status   int
	out, err string
}

// call runs a command as main does. Its caches and temporary files are the test's own.
func call(t *testing.T, input string, args ...string) outcome {
	t.Helper()
	return callWith(t.Context(), t, Parts{In: strings.NewReader(input)}, args...)
}

func callWith(ctx context.Context, t *testing.T, parts Parts, args ...string) outcome {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", filepath.Join(scratch, "cache"))
	var out, failed bytes.Buffer
	parts.Out, parts.Err = &out, &failed
	if parts.In == nil {
		parts.In = strings.NewReader("")
	}
	status := Run(ctx, parts, args)
	return outcome{status, out.String(), failed.String()}
}

// callShipped runs a command with the compiled blocks.
func callShipped(t *testing.T, args ...string) outcome {
	t.Helper()
	files, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return callWith(t.Context(), t, Parts{Shipped: files}, args...)
}

// want fails the test unless the command ended so and wrote all of this, on either output.
func (o outcome) want(t *testing.T, status int, texts ...string) {
	t.Helper()
	var wrong []string
	if o.status != status {
		wrong = append(wrong, fmt.Sprintf("exit status %d, want %d", o.status, status))
	}
	for _, text := range texts {
		if !strings.Contains(o.out+o.err, text) {
			wrong = append(wrong, fmt.Sprintf("%q is not told", text))
		}
	}
	if len(wrong) > 0 {
		t.Errorf("%s\noutput:\n%s\nerrors:\n%s", strings.Join(wrong, "\n"), o.out, o.err)
	}
}

// temporary gives commands a folder of their own for temporary files, and fails the test if one is left behind.
func temporary(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Cleanup(func() {
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) > 0 {
			t.Errorf("left behind: %v, %v", entries, err)
		}
	})
}

// write makes a file below a folder of the test's own and returns its path.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestUsage(t *testing.T) {
	call(t, "").want(t, 2, "usage: quoin COMMAND", "course check")
	call(t, "", "help").want(t, 0, "usage: quoin COMMAND")
	call(t, "", "course").want(t, 2, "usage: quoin course COMMAND", "course check")
	call(t, "", "course", "fly").want(t, 2, `there is no command "course fly"`, "usage: quoin course COMMAND")
	call(t, "", "fly").want(t, 2, `there is no command "fly"`, "usage: quoin COMMAND")
	call(t, "", "block", "--help").want(t, 0, "usage: quoin block COMMAND", "block test")
	call(t, "", "help", "block", "keys").want(t, 0, "usage: quoin block keys COMMAND", "block keys new")
	call(t, "", "course", "import").want(t, 2, "usage: quoin course import FILE|FOLDER")
	call(t, "", "course", "import", "a", "b").want(t, 2, "usage: quoin course import")
	call(t, "", "course", "import", "--no-such-flag", "x").want(t, 2, "no-such-flag")
	for _, c := range commands() {
		call(t, "", append(strings.Fields(c.name), "--help")...).want(t, 0, "quoin "+c.name)
	}
}

func TestParseTakesFlagsAnywhere(t *testing.T) {
	p := &Parts{Err: io.Discard}
	set := newFlags(p, "x")
	name, deep := set.String("name", "", ""), set.Bool("deep", false, "")
	words, err := parse(set, []string{"one", "--name", "n", "two", "--deep", "--", "--three", "four"})
	if err != nil || *name != "n" || !*deep || strings.Join(words, " ") != "one two --three four" {
		t.Errorf("words %q, name %q, deep %v, %v", words, *name, *deep, err)
	}
}
