package sqlitestore

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/internal/rules"
	"go.mongodb.org/mongo-driver/v2/bson"
)

var (
	older = store.Spec{Name: "things"}
	newer = store.Spec{Name: "things", Indexes: []store.Index{
		{Name: "n", Fields: []string{"n"}},
		{Name: "tag", Fields: []string{"tags"}, Multi: true},
		{Name: "slug", Fields: []string{"slug"}, Unique: true},
	}}
)

func openWith(t *testing.T, dir string, specs ...store.Spec) *Store {
	t.Helper()
	s, err := Open(t.Context(), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Ensure(t.Context(), specs...); err != nil {
		t.Fatal(err)
	}
	return s
}

func numbered(t *testing.T, i int) store.Record {
	return record(t, fmt.Sprintf("id-%04d", i), bson.D{{Key: "n", Value: i}, {Key: "tags", Value: bson.A{"all", fmt.Sprint(i % 3)}}, {Key: "slug", Value: i}})
}

// TestOlderProcess: a process that has never heard of an index keeps it up.
func TestOlderProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	old := openWith(t, dir, older)
	if err := old.Insert(t.Context(), "things", numbered(t, 0)); err != nil {
		t.Fatal(err)
	}
	fresh := openWith(t, dir, newer)
	if err := old.Insert(t.Context(), "things", numbered(t, 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := old.InsertMany(t.Context(), "things", []store.Record{numbered(t, 2), numbered(t, 3), numbered(t, 4)}); err != nil {
		t.Fatal(err)
	}
	moved := record(t, "id-0003", bson.D{{Key: "n", Value: 30}, {Key: "tags", Value: "moved"}, {Key: "slug", Value: 30}})
	moved.Version = 1
	if err := old.Replace(t.Context(), "things", moved); err != nil {
		t.Fatal(err)
	}
	if _, err := old.Increment(t.Context(), "things", "id-0002", store.Increment{Path: "n", By: 100}); err != nil {
		t.Fatal(err)
	}
	if err := old.Delete(t.Context(), "things", "id-0004", 0); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		query store.Query
		want  string
	}{
		{store.Query{Index: "n"}, "[id-0000 id-0001 id-0003 id-0002]"},
		{store.Query{Index: "tag", Equal: []any{"all"}}, "[id-0000 id-0001 id-0002]"},
		{store.Query{Index: "tag", Equal: []any{"moved"}}, "[id-0003]"},
		{store.Query{Index: "slug"}, "[id-0000 id-0001 id-0002 id-0003]"},
	} {
		page, err := fresh.Find(t.Context(), "things", c.query)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, r := range page.Records {
			ids = append(ids, r.ID)
		}
		if got := fmt.Sprint(ids); got != c.want {
			t.Errorf("index %s has %s, want %s", c.query.Index, got, c.want)
		}
	}
	if err := old.Insert(t.Context(), "things", record(t, "x", bson.D{{Key: "slug", Value: 1}})); !errors.Is(err, store.ErrTaken) {
		t.Errorf("the older process got %v for a taken value, want %v", err, store.ErrTaken)
	}
	if err := old.Insert(t.Context(), "things", record(t, "x", bson.D{{Key: "n", Value: 1.5}})); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("the older process got %v for a wrong type, want %v", err, store.ErrInvalid)
	}
	if _, err := old.Find(t.Context(), "things", store.Query{Index: "n"}); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("the older process uses an index that it did not declare: %v", err)
	}
}

// TestIndexWhileOthersWrite builds indexes over a filled collection while documents are inserted, changed and deleted,
// by two processes at a time.
func TestIndexWhileOthersWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	old := openWith(t, dir, older)
	const documents = 5 * fillStep
	var records []store.Record
	for i := range documents {
		records = append(records, numbered(t, i))
	}
	if _, err := old.InsertMany(t.Context(), "things", records); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var writers, builders sync.WaitGroup
	for w := range 3 {
		writers.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				changed := numbered(t, (i*7+w)%documents)
				stored, err := old.Get(t.Context(), "things", changed.ID)
				if err != nil {
					t.Error(err)
					return
				}
				changed.Version = stored.Version
				if err := old.Replace(t.Context(), "things", changed); err != nil && !errors.Is(err, store.ErrConflict) {
					t.Error(err)
				}
				extra := numbered(t, documents+w*1_000_000+i)
				if err := old.Insert(t.Context(), "things", extra); err != nil {
					t.Error(err)
				}
				if err := old.Delete(t.Context(), "things", extra.ID, 0); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 2 {
		builders.Go(func() { openWith(t, dir, newer) })
	}
	builders.Wait()
	stop()
	writers.Wait()
	checkNumbered(t, openWith(t, dir, newer), documents)
}

func checkNumbered(t *testing.T, s *Store, documents int) {
	t.Helper()
	for _, c := range []struct {
		query store.Query
		want  int
	}{
		{store.Query{}, documents},
		{store.Query{Index: "n"}, documents},
		{store.Query{Index: "slug"}, documents},
		{store.Query{Index: "tag", Equal: []any{"all"}}, documents},
		{store.Query{Index: "tag", Equal: []any{"0"}}, (documents + 2) / 3},
	} {
		if n, err := s.Count(t.Context(), "things", c.query, 1<<30); err != nil || n != c.want {
			t.Errorf("index %q has %d documents, %v; want %d", c.query.Index, n, err, c.want)
		}
	}
	if s.catalog.Load().tables["things"].indexes[0].ready == false {
		t.Error("the index is not noted as ready")
	}
}

// TestInterruptedIndex: a process dies while it builds an index; the next one completes it.
func TestInterruptedIndex(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := openWith(t, dir, older)
	const documents = 3 * fillStep
	for i := range documents {
		if err := s.Insert(t.Context(), "things", numbered(t, i)); err != nil {
			t.Fatal(err)
		}
	}
	compiled, err := rules.Compile(newer)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []work{&creation{wanted: compiled}, &filling{wanted: compiled}} {
		if err := s.do(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil { // as far as this it came
		t.Fatal(err)
	}
	checkNumbered(t, openWith(t, dir, newer), documents)
}
