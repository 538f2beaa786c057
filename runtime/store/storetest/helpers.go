package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

const collection = "items"

func encode(t testing.TB, fields bson.D) []byte {
	t.Helper()
	data, err := bson.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func record(t testing.TB, id string, fields bson.D) store.Record {
	t.Helper()
	return store.Record{ID: id, Body: encode(t, fields)}
}

func insert(t testing.TB, s store.Store, id string, fields bson.D) {
	t.Helper()
	if err := s.Insert(t.Context(), collection, record(t, id, fields)); err != nil {
		t.Fatal(err)
	}
}

func replace(t testing.TB, s store.Store, id string, version int64, fields bson.D) error {
	t.Helper()
	r := record(t, id, fields)
	r.Version = version
	return s.Replace(t.Context(), collection, r)
}

func get(t testing.TB, s store.Store, id string) store.Record {
	t.Helper()
	r, err := s.Get(t.Context(), collection, id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// same compares a record with what it should be. Bodies are compared as bytes: a store keeps them as they are.
func same(t testing.TB, got store.Record, id string, version int64, fields bson.D) {
	t.Helper()
	if got.ID != id || got.Version != version || string(got.Body) != string(encode(t, fields)) {
		t.Errorf("got %q version %d %s, want %q version %d %s", got.ID, got.Version, bson.Raw(got.Body), id, version, bson.Raw(encode(t, fields)))
	}
}

// is fails unless err is want; nil means no error. Errors must name what was done.
func is(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
		return
	}
	if err != nil && !strings.Contains(err.Error(), collection) {
		t.Errorf("the error %q does not name the collection", err)
	}
}

func isNot(t testing.TB, err, other error) {
	t.Helper()
	if errors.Is(err, other) {
		t.Errorf("the error %v must not be %v", err, other)
	}
}

func idsOf(records []store.Record) []string {
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	return ids
}

// walk reads all pages of a query and returns the ids.
func walk(ctx context.Context, t testing.TB, s store.Store, query store.Query) []string {
	t.Helper()
	ids := []string{}
	for pages := 0; ; pages++ {
		page, err := s.Find(ctx, collection, query)
		if err != nil {
			t.Fatalf("page %d of %+v: %v", pages, query, err)
		}
		ids = append(ids, idsOf(page.Records)...)
		if page.Next == "" {
			return ids
		}
		if len(page.Records) == 0 {
			t.Fatalf("page %d of %+v is empty and has a next one", pages, query)
		}
		if query.Limit > 0 && len(page.Records) > query.Limit {
			t.Fatalf("page %d of %+v has %d records", pages, query, len(page.Records))
		}
		query.After = page.Next
	}
}

// finds checks what a query finds, forwards and backwards, at several page sizes, and what Count makes of it.
func (s suite) finds(t testing.TB, st store.Store, query store.Query, want ...string) {
	t.Helper()
	backwards := slices.Clone(want)
	slices.Reverse(backwards)
	limits := []int{0, 1, 2, 3}
	if s.options.Ferret {
		limits = []int{2}
	}
	for _, limit := range limits {
		if limit == 1 && len(want) > 20 {
			continue
		}
		query.Limit = limit
		query.Reverse = false
		if got := walk(t.Context(), t, st, query); !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", describe(query), got, want)
		}
		query.Reverse = true
		if got := walk(t.Context(), t, st, query); !slices.Equal(got, backwards) {
			t.Errorf("%s\n got %q\nwant %q", describe(query), got, backwards)
		}
	}
	query.Limit, query.Reverse = 0, false
	n, err := st.Count(t.Context(), collection, query, 1000)
	if err != nil || n != len(want) {
		t.Errorf("counting %s: %d, %v; want %d", describe(query), n, err, len(want))
	}
}

func describe(q store.Query) string {
	return fmt.Sprintf("index %q equal %v from %v to %v prefix %q reverse %t limit %d", q.Index, q.Equal, q.From, q.To, q.Prefix, q.Reverse, q.Limit)
}

// refused checks that a query is ErrInvalid, for Find and for Count.
func refused(t testing.TB, s store.Store, query store.Query) {
	t.Helper()
	_, err := s.Find(t.Context(), collection, query)
	is(t, err, store.ErrInvalid)
	_, err = s.Count(t.Context(), collection, query, 1)
	is(t, err, store.ErrInvalid)
}

func pointer(n int64) *int64 { return &n }
