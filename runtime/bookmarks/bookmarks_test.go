package bookmarks_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/bookmarks"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
)

func open(t *testing.T) *bookmarks.Bookmarks {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Ensure(t.Context(), bookmarks.Spec(), bookmarks.PlaceSpec()); err != nil {
		t.Fatal(err)
	}
	return bookmarks.New(s)
}

var (
	run   = key.Course{Org: "O", Number: "N", Run: "r"}
	first = time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
)

func unit(n int) key.Usage { return run.Usage("vertical", fmt.Sprintf("u%d", n)) }

func TestBookmarks(t *testing.T) {
	b := open(t)
	for n, learner := range []string{"ann", "ann", "bob"} {
		if err := b.Add(t.Context(), learner, unit(n), first.Add(time.Duration(n)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Add(t.Context(), "ann", unit(0), first.Add(9*time.Hour)); err != nil { // it is marked and stays where it was
		t.Fatal(err)
	}
	check := func(want ...int) {
		t.Helper()
		list, err := b.Of(t.Context(), "ann")
		if err != nil || len(list) != len(want) {
			t.Fatalf("%+v, %v, want %v", list, err, want)
		}
		for i, n := range want {
			if list[i].Usage != unit(n).String() || !list[i].At.Equal(first.Add(time.Duration(n)*time.Hour)) {
				t.Errorf("%d: %+v, want %d", i, list[i], n)
			}
		}
	}
	check(1, 0)
	marked, err := b.Which(t.Context(), "ann", []key.Usage{unit(0), unit(1), unit(2)})
	if err != nil || !marked[unit(0)] || !marked[unit(1)] || marked[unit(2)] {
		t.Errorf("%v, %v", marked, err)
	}
	removed, err := b.Remove(t.Context(), "ann", unit(0))
	if err != nil || removed == nil {
		t.Fatal(removed, err)
	}
	check(1)
	if again, err := b.Remove(t.Context(), "ann", unit(0)); again != nil || err != nil {
		t.Error(again, err)
	}
	if other, err := b.Remove(t.Context(), "ann", unit(2)); other != nil || err != nil { // which is Bob's
		t.Error(other, err)
	}
	if err := b.Add(t.Context(), "ann", unit(0), removed.At); err != nil { // undone, it stands where it stood
		t.Fatal(err)
	}
	check(1, 0)
}

func TestBound(t *testing.T) {
	b := open(t)
	for n := range bookmarks.Most {
		if err := b.Add(t.Context(), "ann", unit(n), first); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Add(t.Context(), "ann", unit(bookmarks.Most), first); !errors.Is(err, bookmarks.ErrFull) {
		t.Errorf("one too many gives %v", err)
	}
	if err := b.Add(t.Context(), "ann", unit(3), first); err != nil { // there already
		t.Error(err)
	}
	if err := b.Add(t.Context(), "bob", unit(3), first); err != nil {
		t.Error(err)
	}
}

// The place is the unit that was opened last, whatever other learners open.
func TestPlace(t *testing.T) {
	b := open(t)
	if _, ok, err := b.Last(t.Context(), "ann"); ok || err != nil {
		t.Error(ok, err)
	}
	for n, learner := range []string{"ann", "bob", "ann", "ann"} {
		if err := b.Here(t.Context(), learner, unit(min(n, 2)), first.Add(time.Duration(n)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	for learner, want := range map[string]int{"ann": 2, "bob": 1} {
		if last, ok, err := b.Last(t.Context(), learner); !ok || err != nil || last != unit(want) {
			t.Errorf("%s: %v, %v, %v", learner, last, ok, err)
		}
	}
}
