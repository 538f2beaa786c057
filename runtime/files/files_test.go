package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

// bench is a file store in a folder, with a clock that the test moves.
type bench struct {
	*Files
	folder string
	mu     sync.Mutex
	clock  time.Time
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock = b.clock.Add(d)
}

func open(t *testing.T, change ...func(*Config)) *bench {
	t.Helper()
	ctx := context.Background()
	s, err := sqlitestore.Open(ctx, sqlitestore.Config{Dir: filepath.Join(t.TempDir(), "store")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Ensure(ctx, Specs()...); err != nil {
		t.Fatal(err)
	}
	b := &bench{folder: filepath.Join(t.TempDir(), "a folder", "blobs"), clock: time.Now()}
	config := Config{
		URL: (&url.URL{Scheme: "file", Path: b.folder}).String(), Store: s, Spool: t.TempDir(),
		Now: func() time.Time {
			b.mu.Lock()
			defer b.mu.Unlock()
			return b.clock
		},
	}
	for _, c := range change {
		c(&config)
	}
	b.Files, err = Open(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

func (b *bench) put(t *testing.T, content string) Blob {
	t.Helper()
	stored, err := b.Put(context.Background(), strings.NewReader(content), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func (b *bench) objects(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(b.folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func hashText(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func TestPutAndRead(t *testing.T) {
	ctx := context.Background()
	b := open(t)
	for _, size := range []int{0, 1, 1000, inMemory, inMemory + 1, 3 << 20} {
		content := strings.Repeat("0123456789", size/10+1)[:size]
		stored := b.put(t, content)
		if stored.Hash != hashText(content) || stored.Size != int64(size) {
			t.Errorf("%d bytes are stored as %+v", size, stored)
		}
		if found, err := b.Stat(ctx, stored.Hash); err != nil || found != stored {
			t.Errorf("stat gives %+v, %v", found, err)
		}
		data, err := b.Read(ctx, stored.Hash, int64(size))
		if err != nil || string(data) != content {
			t.Errorf("reading %d bytes gives %d and %v", size, len(data), err)
		}
		if err := b.Verify(ctx, stored.Hash); err != nil {
			t.Error(err)
		}
		if size > 0 {
			if _, err := b.Read(ctx, stored.Hash, int64(size)-1); !errors.Is(err, ErrTooLarge) {
				t.Errorf("reading over the limit gives %v", err)
			}
		}
	}
	spooled, err := os.ReadDir(b.config.Spool)
	if err != nil || len(spooled) != 0 {
		t.Errorf("the spool holds %v, %v", spooled, err)
	}
}

func TestRanges(t *testing.T) {
	ctx := context.Background()
	b := open(t)
	stored := b.put(t, "0123456789")
	for _, c := range []struct {
		offset, length int64
		want           string
	}{{0, -1, "0123456789"}, {3, 4, "3456"}, {8, 100, "89"}, {10, -1, ""}, {10, 5, ""}, {0, 0, ""}} {
		reader, found, err := b.Open(ctx, stored.Hash, c.offset, c.length)
		if err != nil {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		data, err := io.ReadAll(reader)
		reader.Close()
		if err != nil || string(data) != c.want || found != stored {
			t.Errorf("%+v: got %q, %+v, %v", c, data, found, err)
		}
	}
	for _, offset := range []int64{-1, 11} {
		if _, _, err := b.Open(ctx, stored.Hash, offset, 1); !errors.Is(err, ErrInvalid) {
			t.Errorf("offset %d: %v", offset, err)
		}
	}
}

func TestRefused(t *testing.T) {
	ctx := context.Background()
	b := open(t)
	for _, content := range []string{strings.Repeat("x", 101), strings.Repeat("x", inMemory+200)} {
		limit := int64(len(content) - 1)
		if _, err := b.Put(ctx, strings.NewReader(content), limit); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%d bytes with a limit of %d: %v", len(content), limit, err)
		}
	}
	broken := errors.New("gone")
	if _, err := b.Put(ctx, io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)), 100); !errors.Is(err, broken) {
		t.Errorf("a broken stream gives %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := b.Put(ended, strings.NewReader("x"), 100); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled put gives %v", err)
	}
	if objects := b.objects(t); len(objects) != 0 {
		t.Errorf("refused streams left %v", objects)
	}
	for _, hash := range []string{"", "../../etc/passwd", strings.Repeat("A", 64), strings.Repeat("0", 63), strings.Repeat("0", 64) + "/"} {
		if _, err := b.Stat(ctx, hash); !errors.Is(err, ErrHash) {
			t.Errorf("hash %q: %v", hash, err)
		}
	}
	if _, err := b.Stat(ctx, hashText("nothing")); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown hash gives %v", err)
	}
}

func TestModes(t *testing.T) {
	b := open(t)
	b.put(t, "secret")
	err := filepath.WalkDir(b.folder, func(path string, entry fs.DirEntry, _ error) error {
		info, err := entry.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if entry.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", path, info.Mode().Perm(), want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// A folder that others could enter is closed.
	if err := os.Chmod(b.folder, 0o755); err != nil {
		t.Fatal(err)
	}
	again, err := Open(context.Background(), b.config)
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
	if info, err := os.Stat(b.folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has mode %v, %v", info.Mode(), err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, address := range []string{"file://relative/path", "file:relative", "nosuch://bucket", "%zz"} {
		if files, err := Open(context.Background(), Config{URL: address}); err == nil {
			files.Close()
			t.Errorf("%q was opened", address)
		}
	}
}

func TestDedupeAndHeal(t *testing.T) {
	ctx := context.Background()
	b := open(t)
	stored := b.put(t, "same")
	before := b.objects(t)
	b.pass(2 * time.Hour)
	b.put(t, "same")
	if after := b.objects(t); len(before) != 1 || len(after) != 1 || before[0] != after[0] {
		t.Errorf("the same content twice is %v, then %v", before, after)
	}
	// Damage is found.
	if err := os.WriteFile(before[0], []byte("sane"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Read(ctx, stored.Hash, 100); !errors.Is(err, ErrCorrupt) {
		t.Errorf("reading damage gives %v", err)
	}
	if err := b.Verify(ctx, stored.Hash); !errors.Is(err, ErrCorrupt) {
		t.Errorf("verifying damage gives %v", err)
	}
	// A lost object is written again by the next put.
	if err := os.Remove(before[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Read(ctx, stored.Hash, 100); !errors.Is(err, ErrCorrupt) {
		t.Errorf("reading a lost object gives %v", err)
	}
	b.put(t, "same")
	if data, err := b.Read(ctx, stored.Hash, 100); err != nil || string(data) != "same" {
		t.Errorf("after putting it again: %q, %v", data, err)
	}
}

func TestParallelPuts(t *testing.T) {
	ctx := context.Background()
	b := open(t)
	var wait sync.WaitGroup
	for worker := range 8 {
		wait.Go(func() {
			for i := range 20 {
				content := fmt.Sprint("content ", (worker+i)%5)
				stored, err := b.Put(ctx, strings.NewReader(content), 100)
				if err != nil {
					t.Error(err)
					return
				}
				if data, err := b.Read(ctx, stored.Hash, 100); err != nil || string(data) != content {
					t.Errorf("got %q, %v", data, err)
				}
			}
		})
	}
	wait.Wait()
	if objects := b.objects(t); len(objects) != 5 {
		t.Errorf("5 contents are %d objects: %v", len(objects), objects)
	}
	count := 0
	if err := b.Each(ctx, func(blob Blob) error {
		count++
		return b.Verify(ctx, blob.Hash)
	}); err != nil || count != 5 {
		t.Errorf("each visits %d, %v", count, err)
	}
}

func TestLargeStreamsStayOutOfMemory(t *testing.T) {
	b := open(t)
	s, err := fill(context.Background(), b.config.Spool, bytes.NewReader(make([]byte, 2*inMemory)), 4*inMemory)
	if err != nil {
		t.Fatal(err)
	}
	if s.file == nil || s.head.Cap() != 0 {
		t.Errorf("2 x %d bytes keep %d in memory", inMemory, s.head.Cap())
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}
