package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// every calls each operation once.
func every(ctx context.Context, t *testing.T, st store.Store) map[string]error {
	t.Helper()
	errs := map[string]error{}
	errs["ensure"] = st.Ensure(ctx, items, store.Spec{Name: "items_more"})
	errs["insert"] = st.Insert(ctx, collection, record(t, "new", bson.D{}))
	_, errs["insert many"] = st.InsertMany(ctx, collection, []store.Record{record(t, "newer", bson.D{})})
	errs["replace"] = replace(t, st, "one", 1, bson.D{{Key: "n", Value: 2}})
	_, errs["increment"] = st.Increment(ctx, collection, "one", store.Increment{Path: "n", By: 1})
	errs["delete"] = st.Delete(ctx, collection, "two", 0)
	_, errs["get"] = st.Get(ctx, collection, "one")
	_, errs["get many"] = st.GetMany(ctx, collection, []string{"one"})
	_, errs["find"] = st.Find(ctx, collection, store.Query{})
	_, errs["count"] = st.Count(ctx, collection, store.Query{}, 10)
	return errs
}

// ends looks at contexts that are over and at stores that are closed.
func (s suite) ends(t *testing.T) {
	t.Run("a context that is over", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "n", Value: 1}})
		insert(t, st, "two", bson.D{})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for operation, err := range every(ctx, t, st) {
			if operation == "replace" { // with the test's own context
				continue
			}
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v, want %v", operation, err, context.Canceled)
			}
			isNot(t, err, store.ErrUnavailable)
		}
		s.finds(t, st, store.Query{}, "one", "two")
		same(t, get(t, st, "one"), "one", 2, bson.D{{Key: "n", Value: 2}})
	})
	t.Run("closed", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "n", Value: 1}})
		for range 2 {
			if err := st.Close(); err != nil {
				t.Error(err)
			}
		}
		for operation, err := range every(t.Context(), t, st) {
			if !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("%s: %v, want %v", operation, err, store.ErrUnavailable)
			}
		}
	})
}

// durability closes a store and opens it again.
func (s suite) durability(t *testing.T) {
	st := s.fresh(t)
	insert(t, st, "one", bson.D{{Key: "n", Value: int64(1)}, {Key: "tags", Value: bson.A{"a", "b"}}, {Key: "rank", Value: 1}, {Key: "slug", Value: "s"}})
	insert(t, st, "two", bson.D{})
	is(t, replace(t, st, "two", 1, bson.D{{Key: "value", Value: 7}}), nil)
	if _, err := st.Increment(t.Context(), collection, "one", store.Increment{Path: "n", By: 1, Once: "token"}); err != nil {
		t.Fatal(err)
	}
	page, err := st.Find(t.Context(), collection, store.Query{Limit: 1})
	is(t, err, nil)

	st = s.options.Reopen(t, st)
	_, err = st.Get(t.Context(), collection, "one")
	is(t, err, store.ErrInvalid) // declared again by every program
	is(t, st.Ensure(t.Context(), items), nil)
	same(t, get(t, st, "two"), "two", 2, bson.D{{Key: "value", Value: 7}})
	s.finds(t, st, store.Query{Index: "tag", Equal: []any{"b"}}, "one")
	s.finds(t, st, store.Query{Index: "value", Equal: []any{7}}, "two")
	is(t, st.Insert(t.Context(), collection, record(t, "three", bson.D{{Key: "slug", Value: "s"}})), store.ErrTaken)
	n, err := st.Increment(t.Context(), collection, "one", store.Increment{Path: "n", By: 1, Once: "token"})
	if err != nil || n != 2 {
		t.Errorf("a token was forgotten: %d, %v", n, err)
	}
	if got := walk(t.Context(), t, st, store.Query{After: page.Next}); !slices.Equal(got, []string{"two"}) {
		t.Errorf("a cursor from before leads to %q", got)
	}
	is(t, st.Ensure(t.Context(), store.Spec{Name: collection, Indexes: []store.Index{{Name: "value", Fields: []string{"other"}}}}), store.ErrInvalid)
}
