package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

func (s suite) collections(t *testing.T) {
	t.Run("are apart", func(t *testing.T) {
		st := s.fresh(t)
		for _, name := range []string{"items_", "item", "items2"} {
			if err := st.Ensure(t.Context(), store.Spec{Name: name, Indexes: []store.Index{{Name: "slug", Fields: []string{"slug"}, Unique: true}}}); err != nil {
				t.Fatal(err)
			}
			if err := st.Insert(t.Context(), name, record(t, "one", bson.D{{Key: "slug", Value: "a"}})); err != nil {
				t.Error(err)
			}
		}
		_, err := st.Get(t.Context(), collection, "one")
		is(t, err, store.ErrNotFound)
	})
	t.Run("must be declared", s.undeclared)
	t.Run("declaring again", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "value", Value: 1}})
		for range 3 {
			is(t, st.Ensure(t.Context(), items, store.Spec{Name: "other"}, items), nil)
		}
		// Fewer indexes take none away.
		is(t, st.Ensure(t.Context(), store.Spec{Name: collection}), nil)
		insert(t, st, "two", bson.D{{Key: "value", Value: 2}})
		s.finds(t, st, store.Query{Index: "value"}, "one", "two")
	})
	t.Run("a changed index", func(t *testing.T) {
		st := s.fresh(t)
		for _, changed := range []store.Index{
			{Name: "value", Fields: []string{"other"}},
			{Name: "value", Fields: []string{"value", "other"}},
			{Name: "value", Fields: []string{"value"}, Unique: true},
			{Name: "value", Fields: []string{"value"}, Multi: true},
			{Name: "owner", Fields: []string{"rank", "owner"}},
			{Name: "code", Fields: []string{"codes"}, Unique: true},
			{Name: "code", Fields: []string{"codes"}, Multi: true},
		} {
			is(t, st.Ensure(t.Context(), store.Spec{Name: collection, Indexes: []store.Index{changed}}), store.ErrInvalid)
		}
		is(t, st.Ensure(t.Context(), store.Spec{Name: collection, Learners: "somebody"}), store.ErrInvalid)
	})
	t.Run("a new index over old documents", s.newIndex)
	t.Run("refused specs", func(t *testing.T) {
		st := s.open(t)
		index := func(i store.Index) store.Spec { return store.Spec{Name: "x", Indexes: []store.Index{i}} }
		many := store.Spec{Name: "x"}
		for i := range 33 {
			many.Indexes = append(many.Indexes, store.Index{Name: fmt.Sprintf("i%d", i), Fields: []string{"a"}})
		}
		for _, spec := range append(badNames(), many,
			index(store.Index{Name: "i"}), index(store.Index{Name: "i", Fields: []string{""}}),
			index(store.Index{Name: "", Fields: []string{"a"}}), index(store.Index{Name: "I", Fields: []string{"a"}}),
			index(store.Index{Name: "a.b", Fields: []string{"a"}}), index(store.Index{Name: strings.Repeat("i", 33), Fields: []string{"a"}}),
			index(store.Index{Name: "i", Fields: []string{"a", "b", "c", "d", "e"}}), index(store.Index{Name: "i", Fields: []string{"a", "a"}}),
			index(store.Index{Name: "i", Fields: []string{"$a"}}), index(store.Index{Name: "i", Fields: []string{"a.$"}}),
			index(store.Index{Name: "i", Fields: []string{"a.0"}}), index(store.Index{Name: "i", Fields: []string{"a..b"}}),
			index(store.Index{Name: "i", Fields: []string{"a\x00b"}}), index(store.Index{Name: "i", Fields: []string{"\xff"}}),
			index(store.Index{Name: "learners", Fields: []string{"a"}}),
			store.Spec{Name: "x", Learners: "a", Indexes: []store.Index{{Name: "learners", Fields: []string{"a"}}}},
			store.Spec{Name: "x", Learners: "$a"},
			store.Spec{Name: "x", Indexes: []store.Index{{Name: "i", Fields: []string{"a"}}, {Name: "i", Fields: []string{"a"}}}},
		) {
			if err := st.Ensure(t.Context(), spec); !errors.Is(err, store.ErrInvalid) {
				t.Errorf("%+v: %v, want %v", spec, err, store.ErrInvalid)
			}
		}
		is(t, st.Ensure(t.Context(), store.Spec{Name: "items" + strings.Repeat("x", 43), Indexes: []store.Index{
			{Name: strings.Repeat("i", 32), Fields: []string{"a", "b", "c", strings.Repeat("d", 256)}},
			{Name: strings.Repeat("i", 31) + "_", Fields: []string{"a.b"}, Multi: true, Unique: true},
		}}), nil)
	})
}

func badNames() []store.Spec {
	var specs []store.Spec
	for _, name := range []string{
		"", "A", "1a", "_a", "a-b", "a.b", "a b", "$a", "a$", "system.users", "é", "a\x00", `a"; DROP TABLE x; --`, "a'b", strings.Repeat("a", 49),
	} {
		specs = append(specs, store.Spec{Name: name})
	}
	return specs
}

func (s suite) undeclared(t *testing.T) {
	st := s.fresh(t)
	ctx := t.Context()
	r := record(t, "one", bson.D{})
	r.Version = 1
	for _, name := range []string{"unknown", "", "store_index", "sqlite_schema", "system.users", `items"; DROP TABLE items; --`, "$cmd", "ITEMS", "items "} {
		errs := map[string]error{
			"insert":  st.Insert(ctx, name, r),
			"replace": st.Replace(ctx, name, r),
			"delete":  st.Delete(ctx, name, "one", 0),
		}
		_, errs["get"] = st.Get(ctx, name, "one")
		_, errs["get many"] = st.GetMany(ctx, name, []string{"one"})
		_, errs["insert many"] = st.InsertMany(ctx, name, []store.Record{r})
		_, errs["increment"] = st.Increment(ctx, name, "one", store.Increment{Path: "n", By: 1})
		_, errs["find"] = st.Find(ctx, name, store.Query{})
		_, errs["count"] = st.Count(ctx, name, store.Query{}, 1)
		for operation, err := range errs {
			if !errors.Is(err, store.ErrInvalid) {
				t.Errorf("%s in %q: %v, want %v", operation, name, err, store.ErrInvalid)
			}
		}
	}
	for _, index := range []string{"unknown", "Owner", "owner ", "id", "_id", "$owner", `owner"`} {
		refused(t, st, store.Query{Index: index})
	}
}

func (s suite) newIndex(t *testing.T) {
	st := s.open(t)
	is(t, st.Ensure(t.Context(), store.Spec{Name: collection}), nil)
	var records []store.Record
	for i := range 500 {
		fields := bson.D{{Key: "value", Value: i}, {Key: "tags", Value: bson.A{"x", fmt.Sprint(i % 5)}}, {Key: "rank", Value: i}}
		if i%2 == 0 {
			fields = append(fields, bson.E{Key: "slug", Value: i})
		}
		records = append(records, record(t, fmt.Sprintf("id-%03d", i), fields))
	}
	if _, err := st.InsertMany(t.Context(), collection, records); err != nil {
		t.Fatal(err)
	}
	is(t, st.Ensure(t.Context(), items), nil)
	for _, c := range []struct {
		query store.Query
		want  int
	}{
		{store.Query{Index: "value"}, 500},
		{store.Query{Index: "value", From: 100, To: 300}, 200},
		{store.Query{Index: "slug"}, 250},
		{store.Query{Index: "tag", Equal: []any{"3"}}, 100},
		{store.Query{Index: "tag", Equal: []any{"x"}}, 500},
		{store.Query{Index: "owner"}, 0},
	} {
		if n, err := st.Count(t.Context(), collection, c.query, 1000); err != nil || n != c.want {
			t.Errorf("%s: %d, %v; want %d", describe(c.query), n, err, c.want)
		}
	}
	is(t, st.Insert(t.Context(), collection, record(t, "new", bson.D{{Key: "slug", Value: 4}})), store.ErrTaken)
	same(t, get(t, st, "id-007"), "id-007", 1, bson.D{{Key: "value", Value: 7}, {Key: "tags", Value: bson.A{"x", "2"}}, {Key: "rank", Value: 7}})
	// Documents that share a value already cannot become unique; what was there keeps working.
	err := st.Ensure(t.Context(), store.Spec{Name: collection, Indexes: []store.Index{{Name: "bad", Fields: []string{"tags"}, Multi: true, Unique: true}}})
	if err == nil || !s.options.Ferret && !errors.Is(err, store.ErrInvalid) {
		t.Errorf("got %v, want %v", err, store.ErrInvalid)
	}
	refused(t, st, store.Query{Index: "bad", Equal: []any{"x"}})
	insert(t, st, "newer", bson.D{{Key: "tags", Value: "x"}, {Key: "rank", Value: 1000}})
	// Nor can a document that the index cannot hold.
	insert(t, st, "double", bson.D{{Key: "odd", Value: 1.5}})
	is(t, st.Ensure(t.Context(), store.Spec{Name: collection, Indexes: []store.Index{{Name: "odd", Fields: []string{"odd"}}}}), store.ErrInvalid)
	refused(t, st, store.Query{Index: "odd"})
}
