package files

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func holding(hashes ...string) Held {
	return func(_ context.Context, _ []string) (map[string]bool, error) {
		held := map[string]bool{}
		for _, hash := range hashes {
			held[hash] = true
		}
		return held, nil
	}
}

func (b *bench) collect(t *testing.T, held Held) Collected {
	t.Helper()
	done, err := b.Collect(context.Background(), held)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

const usage = "block-v1:O+C+R+type@problem+block@p"

func (b *bench) part(t *testing.T, owner, content string) Part {
	t.Helper()
	part, err := b.PutPart(context.Background(), strings.NewReader(content), 1<<20, Part{
		Owner: owner, Run: "course-v1:O+C+R", Usage: usage, Name: content + ".txt", Type: "text/plain",
	})
	if err != nil {
		t.Fatal(err)
	}
	return part
}

func TestCollect(t *testing.T) {
	ctx := context.Background()
	b := open(t)
	course, loose := b.put(t, "course file"), b.put(t, "loose")
	bound, unbound := b.part(t, "ann", "bound"), b.part(t, "ann", "unbound")
	if err := b.Bind(ctx, "ann", usage, "s1", []string{bound.Hash}); err != nil {
		t.Fatal(err)
	}
	if done := b.collect(t, holding(course.Hash)); done != (Collected{}) {
		t.Errorf("everything is young, yet %+v was collected", done)
	}
	b.pass(25 * time.Hour)
	if done := b.collect(t, holding(course.Hash)); done.Parts != 1 || done.Blobs != 1 || done.Bytes != loose.Size {
		t.Errorf("a day later %+v was collected", done)
	}
	// The unbound part was the last to refer to its blob, and gives it up once it is forgotten itself.
	b.pass(25 * time.Hour)
	b.collect(t, holding(course.Hash))
	b.pass(25 * time.Hour)
	b.collect(t, holding(course.Hash))
	for _, kept := range []string{course.Hash, bound.Hash} {
		if err := b.Verify(ctx, kept); err != nil {
			t.Errorf("kept file: %v", err)
		}
	}
	for _, gone := range []string{loose.Hash, unbound.Hash} {
		if _, err := b.Stat(ctx, gone); !errors.Is(err, ErrNotFound) {
			t.Errorf("a file that nobody refers to: %v", err)
		}
	}
	b.pass(25 * time.Hour)
	b.collect(t, holding(course.Hash))
	if objects := b.objects(t); len(objects) != 2 {
		t.Errorf("objects left: %v", objects)
	}
	if n, _ := b.blobs.Count(ctx, everything, 100); n != 2 {
		t.Errorf("%d documents of blobs are left", n)
	}
	if n, _ := b.parts.Count(ctx, everything, 100); n != 1 {
		t.Errorf("%d documents of parts are left", n)
	}
}

func TestCollectKeepsWhenAskingFails(t *testing.T) {
	b := open(t)
	stored := b.put(t, "x")
	b.pass(25 * time.Hour)
	broken := errors.New("store is away")
	_, err := b.Collect(context.Background(), func(context.Context, []string) (map[string]bool, error) { return nil, broken })
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if err := b.Verify(context.Background(), stored.Hash); err != nil {
		t.Error(err)
	}
}

// A put, touch or new part at any moment of a collection wins.
func TestCollectRaces(t *testing.T) {
	ctx := context.Background()
	for name, wanted := range map[string]func(*bench) error{
		"put":   func(b *bench) error { _, err := b.Put(ctx, strings.NewReader("x"), 9); return err },
		"touch": func(b *bench) error { return b.Touch(ctx, hashText("x")) },
	} {
		t.Run(name+" before the mark", func(t *testing.T) {
			b := open(t)
			stored := b.put(t, "x")
			b.pass(25 * time.Hour)
			doc, err := b.blobs.Get(ctx, stored.Hash)
			if err != nil {
				t.Fatal(err)
			}
			if err := wanted(b); err != nil {
				t.Fatal(err)
			}
			var done Collected
			if err := b.removeUnbound(ctx, doc, &done); err != nil || done.Blobs != 0 {
				t.Errorf("the collector removed %+v, %v", done, err)
			}
			if err := b.Verify(ctx, stored.Hash); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("put between mark and deletion", func(t *testing.T) {
		b := open(t)
		stored := b.put(t, "x")
		b.pass(25 * time.Hour)
		doc, err := b.blobs.Get(ctx, stored.Hash)
		if err != nil {
			t.Fatal(err)
		}
		doomed, err := b.doom(ctx, doc)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Touch(ctx, stored.Hash); !errors.Is(err, ErrNotFound) {
			t.Errorf("touching a marked blob: %v", err)
		}
		b.put(t, "x")
		if err := b.deleteObject(ctx, doomed.Body.Key); err != nil {
			t.Fatal(err)
		}
		if err := b.bury(ctx, doomed); err != nil {
			t.Fatal(err)
		}
		if err := b.Verify(ctx, stored.Hash); err != nil {
			t.Error(err)
		}
	})
	t.Run("bind while a part is collected", func(t *testing.T) {
		b := open(t)
		part := b.part(t, "ann", "x")
		b.pass(25 * time.Hour)
		doc, err := b.parts.Get(ctx, partID("ann", usage, part.Hash))
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Bind(ctx, "ann", usage, "s1", []string{part.Hash}); err != nil {
			t.Fatal(err)
		}
		if err := b.parts.Delete(ctx, doc.ID, doc.Version); !lost(err) {
			t.Errorf("the collector's delete gives %v", err)
		}
	})
}

func TestCollectHammer(t *testing.T) {
	ctx := context.Background()
	b := open(t)
	var work, collector sync.WaitGroup
	var day sync.RWMutex
	stop := make(chan struct{})
	collector.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				// Time stands still while somebody uploads and submits, which takes no day. Objects are left alone: their times
				// are the disk's and not the test's.
				day.Lock()
				b.pass(7 * time.Hour)
				day.Unlock()
				var done Collected
				horizon := b.now().Add(-b.config.Keep)
				if err := errors.Join(b.collectParts(ctx, horizon, &done), b.collectBlobs(ctx, horizon, holding(), &done)); err != nil {
					t.Error(err)
				}
			}
		}
	})
	for worker := range 4 {
		work.Go(func() {
			owner := fmt.Sprint("owner", worker)
			for i := range 30 {
				content := fmt.Sprint("content ", i%4)
				day.RLock()
				part, err := b.PutPart(ctx, strings.NewReader(content), 100, Part{Owner: owner, Usage: usage, Name: "x"})
				if err == nil && i%3 != 0 {
					err = b.Bind(ctx, owner, usage, fmt.Sprint("s", i), []string{part.Hash})
				}
				if err == nil {
					err = b.Verify(ctx, part.Hash)
				}
				day.RUnlock()
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	work.Wait()
	close(stop)
	collector.Wait()
	for range 3 {
		b.pass(25 * time.Hour)
		b.collect(t, holding())
	}
	for worker := range 4 {
		parts, err := b.PartsOf(ctx, fmt.Sprint("owner", worker))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			if err := b.Verify(ctx, part.Hash); err != nil {
				t.Errorf("after everything: %v", err)
			}
		}
	}
}

func TestCollectObjects(t *testing.T) {
	b := open(t)
	kept := b.put(t, "kept")
	folder := filepath.Join(b.folder, kept.Hash[:2])
	orphan := filepath.Join(folder, kept.Hash[2:]+"-000000000000")
	half := filepath.Join(folder, kept.Hash[2:]+"-111111111111.18c.tmp")
	strange := filepath.Join(b.folder, "README")
	young := filepath.Join(folder, kept.Hash[2:]+"-222222222222")
	old := b.clock.Add(-48 * time.Hour)
	for _, name := range []string{orphan, half, strange, young} {
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if name != young {
			if err := os.Chtimes(name, old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	if done := b.collect(t, holding(kept.Hash)); done.Objects != 2 || done.Bytes != 2 {
		t.Errorf("%+v was collected", done)
	}
	left := map[string]bool{}
	for _, name := range b.objects(t) {
		left[name] = true
	}
	if left[orphan] || left[half] || !left[strange] || !left[young] || len(left) != 3 {
		t.Errorf("left are %v", left)
	}
}
