package beside_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/beside"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

var run = key.Course{Org: "Org", Number: "Num", Run: "now"}

type world struct {
	store   store.Store
	courses *course.Courses
	beside  *beside.Beside
}

// failing is a store that stops to write a collection: a process that died there.
type failing struct {
	store.Store
	mu sync.Mutex
	at string
}

var errDied = errors.New("the process died")

func (f *failing) stop(collection string) { f.mu.Lock(); f.at = collection; f.mu.Unlock() }

func (f *failing) dead(collection string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at == collection
}

func (f *failing) Insert(ctx context.Context, collection string, record store.Record) error {
	if f.dead(collection) {
		return errDied
	}
	return f.Store.Insert(ctx, collection, record)
}

func (f *failing) Replace(ctx context.Context, collection string, record store.Record) error {
	if f.dead(collection) || f.dead(collection+" replace") {
		return errDied
	}
	return f.Store.Replace(ctx, collection, record)
}

func newWorld(t *testing.T) (*world, *failing) {
	t.Helper()
	opened, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	f := &failing{Store: opened}
	if err := f.Ensure(t.Context(), course.Specs()...); err != nil {
		t.Fatal(err)
	}
	courses := course.New(f, course.Config{})
	return &world{f, courses, beside.New(beside.Config{Courses: courses, Now: ticking()})}, f
}

// ticking is a clock that never says the same twice: what is done within one moment has no order.
func ticking() func() time.Time {
	var ticks atomic.Int64
	began := time.Now()
	return func() time.Time { return began.Add(time.Duration(ticks.Add(1)) * time.Millisecond) }
}

func (w *world) put(t *testing.T, name, hash string) beside.Op {
	t.Helper()
	op := w.beside.Begin(run, "u1", "upload")
	if _, err := w.beside.PutFile(t.Context(), op, course.Asset{Name: name, Hash: hash, Size: 3, Type: "image/png"}); err != nil {
		t.Fatal(err)
	}
	return op
}

// is compares a file's content with the one wanted, "" for no file.
func (w *world) is(t *testing.T, name, hash string) {
	t.Helper()
	asset, err := w.courses.Asset(t.Context(), run, name)
	if errors.Is(err, course.ErrNotFound) {
		err = nil
	}
	if err != nil || asset.Hash != hash {
		t.Errorf("%s is %q, want %q (%v)", name, asset.Hash, hash, err)
	}
}

func (w *world) undo(t *testing.T, op string, wantLeft ...string) beside.Op {
	t.Helper()
	undone, left, err := w.beside.Undo(t.Context(), run, "u2", op)
	if err != nil || !slices.Equal(left, wantLeft) {
		t.Fatalf("undo: left %v, want %v (%v)", left, wantLeft, err)
	}
	return undone
}

func (w *world) history(t *testing.T, name string) string {
	t.Helper()
	entries, _, err := w.beside.History(t.Context(), run, beside.File, name, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	var did []string
	for i := range entries {
		did = append(did, entries[i].Did)
	}
	slices.Reverse(did)
	return strings.Join(did, " ")
}

// Each thing that is done to a file can be undone, and that again; what is deleted is found by nobody meanwhile.
func TestFilesCanBeUndone(t *testing.T) {
	w, _ := newWorld(t)
	ctx := t.Context()
	w.put(t, "a.png", "one")
	replaced := w.put(t, "a.png", "two")
	w.is(t, "a.png", "two")
	redo := w.undo(t, replaced.ID)
	w.is(t, "a.png", "one")
	w.undo(t, redo.ID)
	w.is(t, "a.png", "two")
	gone := w.beside.Begin(run, "u1", "delete")
	if err := w.beside.DeleteFile(ctx, gone, "a.png"); err != nil {
		t.Fatal(err)
	}
	w.is(t, "a.png", "")
	if list, _, err := w.courses.Assets(ctx, run, "", 10); err != nil || len(list) != 0 {
		t.Errorf("deleted, and listed: %v, %v", list, err)
	}
	w.undo(t, gone.ID)
	w.is(t, "a.png", "two")
	if got := w.history(t, "a.png"); got != "upload upload undo undo delete undo" {
		t.Errorf("history: %s", got)
	}
	held, err := w.beside.Holds(ctx, []string{"one", "two", "three"})
	if err != nil || !held["one"] || !held["two"] || held["three"] {
		t.Errorf("held %v, %v", held, err)
	}
}

// What somebody changed after the op that is undone stays as he made it, and is told.
func TestUndoLeavesLaterChanges(t *testing.T) {
	w, _ := newWorld(t)
	op := w.beside.Begin(run, "u1", "import")
	for _, name := range []string{"a.png", "b.png"} {
		if _, err := w.beside.PutFile(t.Context(), op, course.Asset{Name: name, Hash: "one"}); err != nil {
			t.Fatal(err)
		}
	}
	w.put(t, "b.png", "theirs")
	w.undo(t, op.ID, "b.png")
	w.is(t, "a.png", "")
	w.is(t, "b.png", "theirs")
	if _, _, err := w.beside.Undo(t.Context(), run, "u2", "nothing"); !errors.Is(err, beside.ErrNotFound) {
		t.Errorf("an op that there is not: %v", err)
	}
	if _, _, err := w.beside.Undo(t.Context(), key.Course{Org: "Other", Number: "Num", Run: "now"}, "u2", op.ID); !errors.Is(err, beside.ErrNotFound) {
		t.Errorf("another course's op: %v", err)
	}
}

// Links to a renamed file hold until another file takes its name; names that are taken or impossible are refused.
func TestRename(t *testing.T) {
	w, _ := newWorld(t)
	w.put(t, "a.png", "one")
	w.put(t, "b.png", "two")
	if _, err := w.beside.RenameFile(t.Context(), run, "u1", "a.png", "b.png"); !errors.Is(err, beside.ErrExists) {
		t.Errorf("onto another: %v", err)
	}
	op, err := w.beside.RenameFile(t.Context(), run, "u1", "a.png", "pictures/c.png")
	if err != nil {
		t.Fatal(err)
	}
	w.is(t, "a.png", "one")
	if asset, err := w.courses.Asset(t.Context(), run, "a.png"); err != nil || asset.Name != "pictures/c.png" {
		t.Errorf("the old name leads to %+v, %v", asset, err)
	}
	w.undo(t, op.ID)
	w.is(t, "pictures/c.png", "")
	w.is(t, "a.png", "one")
	for _, name := range []string{"", "../a", "/a", "a//b", "a\x00b", `a\b`, ".hidden", "a/", "a/..", strings.Repeat("a", 300), "x\xff", "c:d", " a"} {
		if _, err := w.beside.RenameFile(t.Context(), run, "u1", "a.png", name); !errors.Is(err, beside.ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// A process that dies at any write of a change leaves either all of it or nothing, and a history that says which.
func TestCrashes(t *testing.T) {
	for _, at := range []string{"beside_changes", "assets", "beside_changes replace"} {
		w, f := newWorld(t)
		w.put(t, "a.png", "one")
		f.stop(at)
		op := w.beside.Begin(run, "u1", "replace")
		if _, err := w.beside.PutFile(t.Context(), op, course.Asset{Name: "a.png", Hash: "two"}); !errors.Is(err, errDied) {
			t.Fatalf("%s: %v", at, err)
		}
		f.stop("")
		want, did := "one", "upload"
		if at == "beside_changes replace" {
			want, did = "two", "upload replace"
		}
		w.is(t, "a.png", want)
		if got := w.history(t, "a.png"); got != did {
			t.Errorf("%s: history %q, want %q", at, got, did)
		}
		w.put(t, "a.png", "three")
		if got := w.history(t, "a.png"); got != did+" upload" {
			t.Errorf("%s: history %q after another change", at, got)
		}
	}
}

// Many at once: each change stands in the history, and the last of them is what there is.
func TestManyAtOnce(t *testing.T) {
	w, _ := newWorld(t)
	var group sync.WaitGroup
	for _, hash := range []string{"a", "b", "c", "d", "e", "f"} {
		group.Go(func() { w.put(t, "a.png", hash) })
	}
	group.Wait()
	if got := strings.Count(w.history(t, "a.png"), "upload"); got != 6 {
		t.Errorf("%d of 6 changes in the history", got)
	}
}

func TestPagesCanBeUndone(t *testing.T) {
	w, _ := newWorld(t)
	for _, text := range []string{"one", "two"} {
		if _, err := w.beside.PutPage(t.Context(), w.beside.Begin(run, "u1", "write"), course.Page{Kind: "tabs", Slug: "a", HTML: text}); err != nil {
			t.Fatal(err)
		}
	}
	gone := w.beside.Begin(run, "u1", "delete")
	if err := w.beside.DeletePage(t.Context(), gone, "tabs", "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.courses.Page(t.Context(), run, "tabs", "a"); !errors.Is(err, course.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
	if list, err := w.courses.Pages(t.Context(), run); err != nil || len(list) != 0 {
		t.Errorf("deleted, and listed: %v, %v", list, err)
	}
	w.undo(t, gone.ID)
	page, err := w.courses.Page(t.Context(), run, "tabs", "a")
	if err != nil || page.HTML != "two" {
		t.Errorf("%+v, %v", page, err)
	}
}

func FuzzCheckName(f *testing.F) {
	for _, name := range []string{"a.png", "a/b.png", "../x", "", "a\x00"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if beside.CheckName(name) == nil && (strings.Contains(name, "..") && slices.Contains(strings.Split(name, "/"), "..") || strings.HasPrefix(name, "/") || name == "") {
			t.Errorf("%q is let through", name)
		}
	})
}

// One of several who add a file of one name at one moment has it, and nobody's is replaced.
func TestAFileIsAddedOnce(t *testing.T) {
	w, _ := newWorld(t)
	const many = 8
	failed := make(chan error, many)
	begin := make(chan struct{})
	for n := range many {
		go func() {
			<-begin
			op := w.beside.Begin(run, "u1", "upload")
			_, err := w.beside.AddFile(t.Context(), op, course.Asset{Name: "race.txt", Hash: strconv.Itoa(n), Size: 3, Type: "text/plain"})
			failed <- err
		}()
	}
	close(begin)
	added := 0
	for range many {
		switch err := <-failed; {
		case err == nil:
			added++
		case !errors.Is(err, beside.ErrExists):
			t.Error(err)
		}
	}
	if added != 1 {
		t.Errorf("the file was added %d times", added)
	}
	w.put(t, "race.txt", "other")
	w.is(t, "race.txt", "other")
}
