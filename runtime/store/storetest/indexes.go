package storetest

import (
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

func (s suite) unique(t *testing.T) {
	taken := func(t *testing.T, err error) {
		t.Helper()
		is(t, err, store.ErrTaken)
		is(t, err, store.ErrExists)
	}
	t.Run("values are given once", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "slug", Value: "a"}})
		insert(t, st, "two", bson.D{{Key: "slug", Value: "b"}})
		taken(t, st.Insert(t.Context(), collection, record(t, "three", bson.D{{Key: "slug", Value: "a"}})))
		if !s.options.Ferret {
			taken(t, replace(t, st, "two", 1, bson.D{{Key: "slug", Value: "a"}}))
		}
		same(t, get(t, st, "two"), "two", 1, bson.D{{Key: "slug", Value: "b"}})
		is(t, replace(t, st, "two", 1, bson.D{{Key: "slug", Value: "b"}, {Key: "x", Value: 1}}), nil)
		s.finds(t, st, store.Query{Index: "slug"}, "one", "two")
	})
	t.Run("a record does not clash with itself", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "slug", Value: "a"}})
		err := st.Insert(t.Context(), collection, record(t, "one", bson.D{{Key: "slug", Value: "a"}}))
		is(t, err, store.ErrExists)
		isNot(t, err, store.ErrTaken)
		inserted, err := st.InsertMany(t.Context(), collection, []store.Record{record(t, "one", bson.D{{Key: "slug", Value: "a"}})})
		if err != nil || inserted != 0 {
			t.Errorf("inserting many again: %d, %v; want 0 and no error", inserted, err)
		}
	})
	t.Run("values are free again", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "slug", Value: "a"}})
		is(t, replace(t, st, "one", 1, bson.D{{Key: "slug", Value: "b"}}), nil)
		insert(t, st, "two", bson.D{{Key: "slug", Value: "a"}})
		is(t, st.Delete(t.Context(), collection, "one", 0), nil)
		insert(t, st, "three", bson.D{{Key: "slug", Value: "b"}})
	})
	t.Run("missing and null are no values", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{})
		insert(t, st, "two", bson.D{})
		insert(t, st, "three", bson.D{{Key: "slug", Value: nil}})
		if !s.options.Ferret {
			insert(t, st, "four", bson.D{{Key: "slug", Value: nil}})
		}
		insert(t, st, "five", bson.D{{Key: "room", Value: "r"}, {Key: "row", Value: 1}})
		insert(t, st, "six", bson.D{{Key: "room", Value: "r"}, {Key: "row", Value: 1}, {Key: "seat", Value: nil}})
		s.finds(t, st, store.Query{Index: "slug"})
	})
	t.Run("of several fields", func(t *testing.T) {
		st := s.fresh(t)
		seat := func(room string, row, seat int) bson.D {
			return bson.D{{Key: "room", Value: room}, {Key: "row", Value: row}, {Key: "seat", Value: seat}}
		}
		insert(t, st, "one", seat("r", 1, 1))
		insert(t, st, "two", seat("r", 1, 2))
		insert(t, st, "three", seat("q", 2, 1))
		taken(t, st.Insert(t.Context(), collection, record(t, "four", seat("r", 1, 2))))
		s.finds(t, st, store.Query{Index: "seat", Equal: []any{"r", 1}}, "one", "two")
		s.finds(t, st, store.Query{Index: "seat", Equal: []any{"r", 1, 2}}, "two")
	})
	t.Run("insert many leaves out what is taken", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "old", bson.D{{Key: "slug", Value: "a"}})
		inserted, err := st.InsertMany(t.Context(), collection, []store.Record{
			record(t, "one", bson.D{{Key: "slug", Value: "b"}}),
			record(t, "two", bson.D{{Key: "slug", Value: "a"}, {Key: "tags", Value: bson.A{"left out"}}, {Key: "rank", Value: 1}}),
			record(t, "three", bson.D{{Key: "slug", Value: "c"}}),
		})
		taken(t, err)
		if inserted != 2 {
			t.Errorf("inserted %d, want 2", inserted)
		}
		s.finds(t, st, store.Query{Index: "slug"}, "old", "one", "three")
		s.finds(t, st, store.Query{Index: "tag", Equal: []any{"left out"}})
	})
	if s.options.Ferret {
		return
	}
	t.Run("types and cases are told apart", func(t *testing.T) {
		st := s.fresh(t)
		for id, value := range map[string]any{"a": "1", "b": 1, "c": true, "d": bson.DateTime(1), "e": "A", "f": "a", "g": ""} {
			insert(t, st, id, bson.D{{Key: "slug", Value: value}})
		}
		taken(t, st.Insert(t.Context(), collection, record(t, "h", bson.D{{Key: "slug", Value: int64(1)}})))
	})
	t.Run("an increment may clash", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "slug", Value: 1}})
		insert(t, st, "two", bson.D{{Key: "slug", Value: 2}})
		_, err := st.Increment(t.Context(), collection, "one", store.Increment{Path: "slug", By: 1, Once: "token"})
		taken(t, err)
		same(t, get(t, st, "one"), "one", 1, bson.D{{Key: "slug", Value: 1}})
		value, err := st.Increment(t.Context(), collection, "one", store.Increment{Path: "slug", By: 2, Once: "token"})
		if err != nil || value != 3 {
			t.Errorf("a token of a refused increment was remembered: %d, %v", value, err)
		}
	})
}

func (s suite) multi(t *testing.T) {
	tagged := func(rank int, tags ...any) bson.D {
		return bson.D{{Key: "tags", Value: bson.A(tags)}, {Key: "rank", Value: rank}}
	}
	t.Run("found under each value", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", tagged(2, "a", "b"))
		insert(t, st, "two", tagged(1, "b", "c", "b"))
		insert(t, st, "three", tagged(1))
		insert(t, st, "four", bson.D{{Key: "tags", Value: "b"}, {Key: "rank", Value: 3}})
		insert(t, st, "five", bson.D{{Key: "rank", Value: 3}})
		insert(t, st, "six", bson.D{{Key: "tags", Value: bson.A{"a", "b"}}})
		insert(t, st, "seven", bson.D{{Key: "tags", Value: nil}, {Key: "rank", Value: 3}})
		s.finds(t, st, store.Query{Index: "tag", Equal: []any{"a"}}, "one")
		s.finds(t, st, store.Query{Index: "tag", Equal: []any{"b"}}, "two", "one", "four")
		s.finds(t, st, store.Query{Index: "tag", Equal: []any{"c"}}, "two")
		s.finds(t, st, store.Query{Index: "tag", Equal: []any{"d"}})
		s.finds(t, st, store.Query{Index: "tag", Equal: []any{"b", 1}}, "two")
		s.finds(t, st, store.Query{Index: "tag", Equal: []any{"b"}, From: 2}, "one", "four")
	})
	t.Run("it follows the record", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", tagged(1, "a", "b", "c"))
		is(t, replace(t, st, "one", 1, tagged(1, "c", "d")), nil)
		for tag, there := range map[string]bool{"a": false, "b": false, "c": true, "d": true} {
			query := store.Query{Index: "tag", Equal: []any{tag}}
			if there {
				s.finds(t, st, query, "one")
			} else {
				s.finds(t, st, query)
			}
		}
		if _, err := st.Increment(t.Context(), collection, "one", store.Increment{Path: "rank", By: 4}); err != nil {
			t.Error(err)
		}
		s.finds(t, st, store.Query{Index: "tag", Equal: []any{"d", 1}})
		s.finds(t, st, store.Query{Index: "tag", Equal: []any{"d", 5}}, "one")
		is(t, st.Delete(t.Context(), collection, "one", 3), nil)
		s.finds(t, st, store.Query{Index: "tag", Equal: []any{"d"}})
		insert(t, st, "one", tagged(1, "e"))
		s.finds(t, st, store.Query{Index: "tag", Equal: []any{"d"}})
		s.finds(t, st, store.Query{Index: "tag", Equal: []any{"e"}}, "one")
	})
	t.Run("learners", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "learners", Value: "ann"}})
		insert(t, st, "two", bson.D{{Key: "learners", Value: bson.A{"ann", "bob"}}})
		insert(t, st, "three", bson.D{})
		s.finds(t, st, store.Query{Index: "learners", Equal: []any{"ann"}}, "one", "two")
		s.finds(t, st, store.Query{Index: "learners", Equal: []any{"bob"}}, "two")
	})
	t.Run("refused", func(t *testing.T) {
		st := s.fresh(t)
		long := make(bson.A, store.MaxMulti+1)
		for i := range long {
			long[i] = strings.Repeat("x", i%7)
		}
		for name, tags := range map[string]any{
			"a number": bson.A{"a", 1}, "null": bson.A{nil}, "a document": bson.A{bson.D{}}, "too many": long,
			"a double": 1.5, "a long string": bson.A{strings.Repeat("x", store.MaxIndexed+1)},
		} {
			err := st.Insert(t.Context(), collection, record(t, name, bson.D{{Key: "tags", Value: tags}, {Key: "rank", Value: 1}}))
			is(t, err, store.ErrInvalid)
		}
		is(t, st.Insert(t.Context(), collection, record(t, "x", tagged(1, long[:store.MaxMulti]...))), nil)
		// A walk over all values would meet documents several times.
		refused(t, st, store.Query{Index: "tag"})
		refused(t, st, store.Query{Index: "tag", Prefix: "a"})
		refused(t, st, store.Query{Index: "tag", From: "a"})
	})
	if s.options.Ferret {
		return
	}
	t.Run("unique", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "codes", Value: bson.A{"a", "b", "a"}}})
		insert(t, st, "two", bson.D{{Key: "codes", Value: bson.A{"c"}}})
		is(t, st.Insert(t.Context(), collection, record(t, "three", bson.D{{Key: "codes", Value: bson.A{"d", "b"}}})), store.ErrTaken)
		is(t, replace(t, st, "two", 1, bson.D{{Key: "codes", Value: bson.A{"c", "b"}}}), store.ErrTaken)
		s.finds(t, st, store.Query{Index: "code", Equal: []any{"b"}}, "one")
		s.finds(t, st, store.Query{Index: "code", Equal: []any{"d"}})
		is(t, replace(t, st, "one", 1, bson.D{{Key: "codes", Value: bson.A{"a"}}}), nil)
		is(t, replace(t, st, "two", 1, bson.D{{Key: "codes", Value: bson.A{"c", "b"}}}), nil)
	})
}
