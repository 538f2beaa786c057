package faultstore_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/faultstore"
	"github.com/quoin-lms/quoin/runtime/store/sqlitestore"
	"github.com/quoin-lms/quoin/runtime/store/storetest"
	"go.mongodb.org/mongo-driver/v2/bson"
)

var things = store.Spec{Name: "things"}

func inner(t *testing.T) store.Store {
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
	if err := s.Ensure(t.Context(), things); err != nil {
		t.Fatal(err)
	}
	return s
}

func record(t testing.TB, id string, n int) store.Record {
	t.Helper()
	body, err := bson.Marshal(bson.D{{Key: "n", Value: n}})
	if err != nil {
		t.Fatal(err)
	}
	return store.Record{ID: id, Body: body}
}

// closer closes the store inside, too, as the suite expects.
type closer struct {
	*faultstore.Store
	inner store.Store
}

func (c closer) Close() error { return c.inner.Close() }

// TestConformance: with an empty plan, it is the store it wraps.
func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		s := inner(t)
		return closer{faultstore.New(s, faultstore.Plan{}), s}
	}, storetest.Options{Sequential: true})
}

// transfer moves one from a to b by an entry that survives the death of its process: a small outbox. It may be run again.
func transfer(ctx context.Context, t *testing.T, s store.Store) error {
	_, err := s.Get(ctx, "things", "entry")
	if errors.Is(err, store.ErrNotFound) {
		err = s.Insert(ctx, "things", record(t, "entry", 1))
	}
	if err != nil {
		return err
	}
	for id, by := range map[string]int64{"a": -1, "b": 1} {
		if _, err := s.Increment(ctx, "things", id, store.Increment{Path: "n", By: by, Once: "entry"}); err != nil {
			return err
		}
	}
	if _, err := s.InsertMany(ctx, "things", []store.Record{record(t, "log-1", 1), record(t, "log-2", 2)}); err != nil {
		return err
	}
	done, err := s.Get(ctx, "things", "entry")
	if err != nil {
		return err
	}
	if bytesEqual(done.Body, record(t, "entry", 2).Body) {
		return nil
	}
	done.Body = record(t, "entry", 2).Body
	return s.Replace(ctx, "things", done)
}

func bytesEqual(a, b []byte) bool { return string(a) == string(b) }

func prepared(t *testing.T) store.Store {
	t.Helper()
	s := inner(t)
	for _, id := range []string{"a", "b"} {
		if err := s.Insert(t.Context(), "things", record(t, id, 10)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func checkTransfer(t *testing.T, s store.Store) {
	t.Helper()
	for id, want := range map[string]int64{"a": 9, "b": 11} {
		n, err := s.Increment(t.Context(), "things", id, store.Increment{Path: "n", By: 0})
		if err != nil || n != want {
			t.Errorf("%s holds %d, %v; want %d", id, n, err, want)
		}
	}
	if n, err := s.Count(t.Context(), "things", store.Query{Prefix: "log"}, 10); err != nil || n != 2 {
		t.Errorf("%d lines in the log, %v", n, err)
	}
}

// TestSweep cuts a protocol at each of its steps, as the package comment says.
func TestSweep(t *testing.T) {
	st := prepared(t)
	s := faultstore.New(st, faultstore.Plan{})
	if err := transfer(t.Context(), t, s); err != nil {
		t.Fatal(err)
	}
	checkTransfer(t, st)
	points := s.Passed()
	if len(points) != 7 {
		t.Fatalf("passed %v", points)
	}
	crashes, faults, conflicts := faultstore.Crashes(points), faultstore.Faults(points), faultstore.Conflicts(points)
	// Seven befores; an after for each of five writes; a midway.
	if len(crashes) != 13 || len(faults) != 13 || len(conflicts) != 1 {
		t.Fatalf("%d crashes, %d faults, %d conflicts", len(crashes), len(faults), len(conflicts))
	}
	for _, plan := range slices.Concat(crashes, faults, conflicts) {
		t.Run(plan.Name, func(t *testing.T) {
			st := prepared(t)
			s := faultstore.New(st, plan)
			err := transfer(t.Context(), t, s)
			if s.Struck() != 1 {
				t.Fatalf("the plan struck %d times", s.Struck())
			}
			isCrash := strings.HasPrefix(plan.Name, "crash")
			want := store.ErrUnavailable
			if strings.HasPrefix(plan.Name, "conflict") {
				want = store.ErrConflict
			}
			if !errors.Is(err, want) || isCrash != s.Crashed() {
				t.Fatalf("%v, crashed %t", err, s.Crashed())
			}
			if isCrash {
				if err := transfer(t.Context(), t, s); !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, faultstore.ErrFault) {
					t.Errorf("after the crash: %v", err)
				}
				s.Revive()
			}
			if err := transfer(t.Context(), t, s); err != nil {
				t.Fatal(err)
			}
			checkTransfer(t, st)
		})
	}
}

func TestRules(t *testing.T) {
	mine := errors.New("mine")
	for name, c := range map[string]struct {
		rules []faultstore.Rule
		want  string // of the operations below, n for none, u unavailable, m mine
	}{
		"none":                   {nil, "nnnnn"},
		"every write":            {[]faultstore.Rule{{Ops: faultstore.Writes()}}, "uunun"},
		"the second insert":      {[]faultstore.Rule{{Ops: []faultstore.Op{faultstore.Insert}, Nth: 2}}, "nunnn"},
		"an id":                  {[]faultstore.Rule{{ID: "one"}}, "unuun"},
		"the third point":        {[]faultstore.Rule{{At: 3, Err: mine}}, "nnmnn"},
		"another collection":     {[]faultstore.Rule{{Collection: "others"}}, "nnnnn"},
		"the first rule wins":    {[]faultstore.Rule{{ID: "one", Nth: 2, Err: mine}, {ID: "one"}}, "unmun"},
		"an error of one's own":  {[]faultstore.Rule{{Ops: []faultstore.Op{faultstore.Find}, Err: mine, When: faultstore.After}}, "nnnnm"},
		"a crash takes the rest": {[]faultstore.Rule{{At: 2, Crash: true}}, "nuuuu"},
	} {
		t.Run(name, func(t *testing.T) {
			s := faultstore.New(inner(t), faultstore.Plan{Rules: c.rules})
			if name == "every write" || name == "an id" || name == "the first rule wins" {
				s = faultstore.New(prefilled(t), faultstore.Plan{Rules: c.rules})
			}
			ctx := t.Context()
			got := ""
			for _, run := range []func() error{
				func() error { return ignoreExists(s.Insert(ctx, "things", record(t, "one", 1))) },
				func() error { return ignoreExists(s.Insert(ctx, "things", record(t, "two", 1))) },
				func() error { _, err := s.Get(ctx, "things", "one"); return err },
				func() error {
					_, err := s.Increment(ctx, "things", "one", store.Increment{Path: "n", By: 1})
					return err
				},
				func() error { _, err := s.Find(ctx, "things", store.Query{}); return err },
			} {
				switch err := run(); {
				case err == nil:
					got += "n"
				case errors.Is(err, mine):
					got += "m"
				case errors.Is(err, store.ErrUnavailable) && errors.Is(err, faultstore.ErrFault):
					got += "u"
				default:
					t.Error(err)
				}
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func prefilled(t *testing.T) store.Store {
	t.Helper()
	s := inner(t)
	for _, id := range []string{"one", "two"} {
		if err := s.Insert(t.Context(), "things", record(t, id, 1)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func ignoreExists(err error) error {
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	return err
}

// TestWhen looks at what has happened when a write failed.
func TestWhen(t *testing.T) {
	many := []store.Record{record(t, "1", 1), record(t, "2", 1), record(t, "3", 1), record(t, "4", 1)}
	for when, want := range map[faultstore.When]int{faultstore.Before: 0, faultstore.After: 4, faultstore.Midway: 2} {
		t.Run(fmt.Sprint(when), func(t *testing.T) {
			st := inner(t)
			s := faultstore.New(st, faultstore.Plan{Rules: []faultstore.Rule{{When: when}}})
			if _, err := s.InsertMany(t.Context(), "things", many); !errors.Is(err, store.ErrUnavailable) {
				t.Error(err)
			}
			if n, err := st.Count(t.Context(), "things", store.Query{}, 10); err != nil || n != want {
				t.Errorf("%d were inserted, %v; want %d", n, err, want)
			}
		})
	}
}
