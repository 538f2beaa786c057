package intake_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/runtime/intake/intaketest"
)

// open opens an archive in a fresh folder and checks that nothing appears beside it on the disk, whatever comes of it.
func open(t *testing.T, data []byte, options intake.Options) (*intake.Files, error) {
	t.Helper()
	outer := t.TempDir()
	options.TempDir = filepath.Join(outer, "spool")
	if err := os.Mkdir(options.TempDir, 0o700); err != nil {
		t.Fatal(err)
	}
	files, err := intake.OpenArchive(context.Background(), bytes.NewReader(data), int64(len(data)), options)
	if files != nil {
		t.Cleanup(func() { files.Close() })
	}
	t.Cleanup(func() { onlySpool(t, outer) })
	onlySpool(t, outer)
	return files, err
}

// onlySpool fails if there is anything in outer but the empty spool folder.
func onlySpool(t *testing.T, outer string) {
	t.Helper()
	err := filepath.WalkDir(outer, func(path string, _ fs.DirEntry, err error) error {
		if path != outer && path != filepath.Join(outer, "spool") {
			t.Errorf("left on the disk: %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func contents(t *testing.T, files *intake.Files) map[string]string {
	t.Helper()
	got := map[string]string{}
	for _, file := range files.List() {
		reader, err := files.Open(file.Path)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		if int64(len(data)) != file.Size || sha256.Sum256(data) != file.SHA256 {
			t.Errorf("%s: size or hash is not the content's", file.Path)
		}
		whole, err := files.ReadFile(file.Path, file.Size)
		if err != nil || !bytes.Equal(whole, data) {
			t.Errorf("%s: ReadFile gives other bytes, %v", file.Path, err)
		}
		got[file.Path] = string(data)
	}
	return got
}

func same(t *testing.T, got, want map[string]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("got %d files, want %d", len(got), len(want))
	}
	for name, data := range want {
		if got[name] != data {
			t.Errorf("%s: got %d bytes, want %d", name, len(got[name]), len(data))
		}
	}
}

var sample = map[string]string{
	"course/course.xml":         "<course/>",
	"course/static/a b é.png":   "picture",
	"course/static/large.bin":   strings.Repeat("0123456789abcdef", 1<<16),
	"course/static/larger.bin":  strings.Repeat("fedcba9876543210", 1<<17),
	"course/html/x/y.html":      "",
	"course/html/A.html":        "upper",
	"course/html/a.html":        "lower",
	"course/static/a:b (1).txt": "colon",
}

func TestOneViewOfEveryFormat(t *testing.T) {
	packed := intaketest.Tar(t, intaketest.Files(sample)...)
	formats := map[string][]byte{
		"tar.gz": intaketest.Gzip(t, packed),
		"tar":    packed,
		"zip":    intaketest.Zip(t, sample),
	}
	for name, data := range formats {
		t.Run(name, func(t *testing.T) {
			var last intake.Progress
			files, err := open(t, data, intake.Options{Progress: func(p intake.Progress) { last = p }})
			if err != nil {
				t.Fatal(err)
			}
			same(t, contents(t, files), sample)
			if last.Files != len(sample) || last.Bytes != files.Total() || last.Of != int64(len(data)) || last.Read > last.Of {
				t.Errorf("last progress was %+v of %d bytes", last, files.Total())
			}
			want := [2]string{"course/html/A.html", "course/html/a.html"}
			if got := files.CaseClashes(); len(got) != 1 || got[0] != want {
				t.Errorf("got clashes %v, want %v", got, want)
			}
		})
	}
	t.Run("folder", func(t *testing.T) {
		folder := t.TempDir()
		for name, data := range sample {
			writeFile(t, filepath.Join(folder, filepath.FromSlash(name)), data)
		}
		writeFile(t, filepath.Join(folder, ".git", "config"), "not the course's")
		files, err := intake.Open(context.Background(), folder, intake.Options{TempDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		defer files.Close()
		same(t, contents(t, files), sample)
	})
	t.Run("file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "course.tar.gz")
		writeFile(t, path, string(formats["tar.gz"]))
		files, err := intake.Open(context.Background(), path, intake.Options{TempDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		defer files.Close()
		same(t, contents(t, files), sample)
	})
}

func writeFile(t *testing.T, path, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSmallFilesStayInMemoryWithinABudget(t *testing.T) {
	data := intaketest.Gzip(t, intaketest.Tar(t, intaketest.File("a", "12345"), intaketest.File("b", "67890"), intaketest.File("c", "x")))
	files, err := open(t, data, intake.Options{Limits: intake.Limits{MemoryFile: 5, MemoryTotal: 6}})
	if err != nil {
		t.Fatal(err)
	}
	same(t, contents(t, files), map[string]string{"a": "12345", "b": "67890", "c": "x"})
	if err := files.Close(); err != nil {
		t.Fatal(err)
	}
	for name, kept := range map[string]bool{"a": true, "b": false, "c": true} {
		if _, err := files.ReadFile(name, 10); (err == nil) != kept {
			t.Errorf("%s after Close: %v, want it kept in memory: %v", name, err, kept)
		}
	}
}

func TestReadersSideBySide(t *testing.T) {
	files, err := open(t, intaketest.Zip(t, sample), intake.Options{Limits: intake.Limits{MemoryFile: 1}})
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { same(t, contents(t, files), sample) })
	}
	group.Wait()
}

func TestCancel(t *testing.T) {
	data := intaketest.Gzip(t, intaketest.Tar(t, intaketest.Files(sample)...))
	for name, data := range map[string][]byte{"tar.gz": data, "zip": intaketest.Zip(t, sample)} {
		ctx, cancel := context.WithCancel(context.Background())
		_, err := intake.OpenArchive(ctx, bytes.NewReader(data), int64(len(data)), intake.Options{
			TempDir: t.TempDir(), Progress: func(intake.Progress) { cancel() },
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want a cancellation", name, err)
		}
	}
}

func TestMissing(t *testing.T) {
	files := intaketest.Open(t, map[string]string{"a/b": "12345"})
	for _, name := range []string{"", "a", "a/b/", "../a/b", "A/b", "/a/b"} {
		if _, err := files.Open(name); intake.CodeOf(err) != intake.CodeMissing || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Open %q: got %v", name, err)
		}
		if _, err := files.ReadFile(name, 9); intake.CodeOf(err) != intake.CodeMissing {
			t.Errorf("ReadFile %q: got %v", name, err)
		}
		if _, ok := files.Stat(name); ok {
			t.Errorf("Stat %q: found", name)
		}
	}
	if _, err := files.ReadFile("a/b", 4); intake.CodeOf(err) != intake.CodeTooLarge {
		t.Errorf("got %v, want %s", err, intake.CodeTooLarge)
	}
	if _, err := intake.Open(context.Background(), filepath.Join(t.TempDir(), "absent"), intake.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
