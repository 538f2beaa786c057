package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

func (s suite) records(t *testing.T) {
	t.Run("a record comes back as it went in", func(t *testing.T) {
		st := s.fresh(t)
		r := record(t, "one", bson.D{{Key: "x", Value: "y"}, {Key: "n", Value: int32(7)}})
		r.Version = 41 // means nothing to Insert
		is(t, st.Insert(t.Context(), collection, r), nil)
		same(t, get(t, st, "one"), "one", 1, bson.D{{Key: "x", Value: "y"}, {Key: "n", Value: int32(7)}})
	})
	t.Run("an empty document", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{})
		same(t, get(t, st, "one"), "one", 1, bson.D{})
	})
	t.Run("a missing record", func(t *testing.T) {
		st := s.fresh(t)
		_, err := st.Get(t.Context(), collection, "nobody")
		is(t, err, store.ErrNotFound)
		if !strings.Contains(err.Error(), "nobody") {
			t.Errorf("the error %q does not name the id", err)
		}
		is(t, st.Delete(t.Context(), collection, "nobody", 0), store.ErrNotFound)
		is(t, st.Delete(t.Context(), collection, "nobody", 3), store.ErrNotFound)
		is(t, replace(t, st, "nobody", 1, bson.D{}), store.ErrNotFound)
		_, err = st.Increment(t.Context(), collection, "nobody", store.Increment{Path: "n", By: 1})
		is(t, err, store.ErrNotFound)
		_, err = st.Increment(t.Context(), collection, "nobody", store.Increment{Once: "t", Forget: true})
		is(t, err, store.ErrNotFound)
	})
	t.Run("an id is given once", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "x", Value: 1}})
		err := st.Insert(t.Context(), collection, record(t, "one", bson.D{{Key: "x", Value: 2}}))
		is(t, err, store.ErrExists)
		isNot(t, err, store.ErrTaken)
		same(t, get(t, st, "one"), "one", 1, bson.D{{Key: "x", Value: 1}})
	})
	t.Run("ids tell cases and forms apart", func(t *testing.T) {
		st := s.fresh(t)
		ids := []string{"a", "A", "a ", "á", "a\u0301", "1", "01", "1.0", "null", "true", "507f1f77bcf86cd799439011"}
		for i, id := range ids {
			insert(t, st, id, bson.D{{Key: "i", Value: i}})
		}
		for i, id := range ids {
			same(t, get(t, st, id), id, 1, bson.D{{Key: "i", Value: i}})
		}
	})
	t.Run("get many", s.getMany)
	t.Run("insert many", s.insertMany)
	t.Run("delete", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "owner", Value: "o"}, {Key: "rank", Value: 1}})
		is(t, st.Delete(t.Context(), collection, "one", 0), nil)
		_, err := st.Get(t.Context(), collection, "one")
		is(t, err, store.ErrNotFound)
		s.finds(t, st, store.Query{Index: "owner", Equal: []any{"o"}})
		insert(t, st, "one", bson.D{{Key: "again", Value: true}})
		same(t, get(t, st, "one"), "one", 1, bson.D{{Key: "again", Value: true}})
	})
}

func (s suite) getMany(t *testing.T) {
	st := s.fresh(t)
	var ids []string
	for i := range 30 {
		ids = append(ids, fmt.Sprintf("id-%02d", i))
		insert(t, st, ids[i], bson.D{{Key: "i", Value: i}})
	}
	for _, n := range []int{0, 1, 2, 5, 17, 30} {
		records, err := st.GetMany(t.Context(), collection, ids[:n])
		is(t, err, nil)
		if !slices.Equal(idsOf(records), ids[:n]) {
			t.Errorf("got %q, want the first %d", idsOf(records), n)
		}
	}
	asked := []string{"id-07", "missing", "id-03", "id-07", "", strings.Repeat("x", store.MaxID+1), "\xff", "id-11"}
	records, err := st.GetMany(t.Context(), collection, asked)
	is(t, err, nil)
	if got := idsOf(records); !slices.Equal(got, []string{"id-07", "id-03", "id-11"}) {
		t.Errorf("got %q: not in the order asked for, or not once each", got)
	}
	same(t, records[1], "id-03", 1, bson.D{{Key: "i", Value: 3}})
	many := slices.Clone(ids)
	for i := range 1000 {
		many = append(many, fmt.Sprintf("missing-%d", i))
	}
	records, err = st.GetMany(t.Context(), collection, many)
	is(t, err, nil)
	if !slices.Equal(idsOf(records), ids) {
		t.Errorf("got %d records of a long list, want %d", len(records), len(ids))
	}
}

func (s suite) insertMany(t *testing.T) {
	st := s.fresh(t)
	insert(t, st, "b", bson.D{{Key: "old", Value: true}})
	inserted, err := st.InsertMany(t.Context(), collection, []store.Record{
		record(t, "a", bson.D{{Key: "n", Value: 1}}),
		record(t, "b", bson.D{{Key: "n", Value: 2}}),
		record(t, "c", bson.D{{Key: "n", Value: 3}}),
		record(t, "c", bson.D{{Key: "n", Value: 4}}),
	})
	if err != nil || inserted != 2 {
		t.Errorf("inserted %d, %v; want 2 new ones", inserted, err)
	}
	same(t, get(t, st, "b"), "b", 1, bson.D{{Key: "old", Value: true}})
	same(t, get(t, st, "c"), "c", 1, bson.D{{Key: "n", Value: 3}})
	if inserted, err = st.InsertMany(t.Context(), collection, nil); err != nil || inserted != 0 {
		t.Errorf("no records: %d, %v", inserted, err)
	}

	var many []store.Record
	for i := range 600 {
		many = append(many, record(t, fmt.Sprintf("many-%03d", i), bson.D{{Key: "tags", Value: bson.A{"x"}}, {Key: "rank", Value: i}}))
	}
	for _, want := range []int{600, 0} {
		if inserted, err = st.InsertMany(t.Context(), collection, many); err != nil || inserted != want {
			t.Errorf("inserted %d, %v; want %d", inserted, err, want)
		}
	}
	if n, err := st.Count(t.Context(), collection, store.Query{Index: "tag", Equal: []any{"x"}}, 1000); err != nil || n != 600 {
		t.Errorf("the index has %d, %v; want 600", n, err)
	}

	// One impossible record keeps all from being inserted, wherever it stands.
	inserted, err = st.InsertMany(t.Context(), collection, append([]store.Record{record(t, "new", bson.D{})}, append(slices.Clone(many),
		record(t, "bad", bson.D{{Key: "value", Value: 1.5}}))...))
	is(t, err, store.ErrInvalid)
	if inserted != 0 {
		t.Errorf("inserted %d of a list with an impossible record", inserted)
	}
	_, err = st.Get(t.Context(), collection, "new")
	is(t, err, store.ErrNotFound)
}

func (s suite) versions(t *testing.T) {
	t.Run("a replacement counts up", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "n", Value: 1}})
		for version := int64(1); version <= 5; version++ {
			is(t, replace(t, st, "one", version, bson.D{{Key: "n", Value: version + 1}}), nil)
			same(t, get(t, st, "one"), "one", version+1, bson.D{{Key: "n", Value: version + 1}})
		}
	})
	t.Run("only the version that was read", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "n", Value: 1}})
		is(t, replace(t, st, "one", 1, bson.D{{Key: "n", Value: 2}}), nil)
		for _, version := range []int64{1, 3, 99} {
			is(t, replace(t, st, "one", version, bson.D{{Key: "n", Value: 3}}), store.ErrConflict)
			is(t, st.Delete(t.Context(), collection, "one", version), store.ErrConflict)
		}
		for _, version := range []int64{0, -1} {
			is(t, replace(t, st, "one", version, bson.D{{Key: "n", Value: 3}}), store.ErrInvalid)
		}
		is(t, st.Delete(t.Context(), collection, "one", -1), store.ErrInvalid)
		same(t, get(t, st, "one"), "one", 2, bson.D{{Key: "n", Value: 2}})
		is(t, st.Delete(t.Context(), collection, "one", 2), nil)
	})
	t.Run("the indexes follow", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "owner", Value: "a"}, {Key: "rank", Value: 1}})
		is(t, replace(t, st, "one", 1, bson.D{{Key: "owner", Value: "b"}, {Key: "rank", Value: 1}}), nil)
		s.finds(t, st, store.Query{Index: "owner", Equal: []any{"a"}})
		s.finds(t, st, store.Query{Index: "owner", Equal: []any{"b"}}, "one")
		is(t, replace(t, st, "one", 2, bson.D{{Key: "owner", Value: "b"}}), nil)
		s.finds(t, st, store.Query{Index: "owner", Equal: []any{"b"}})
		is(t, replace(t, st, "one", 3, bson.D{{Key: "owner", Value: "b"}, {Key: "rank", Value: nil}}), nil)
		s.finds(t, st, store.Query{Index: "owner", Equal: []any{"b"}})
		is(t, replace(t, st, "one", 4, bson.D{{Key: "owner", Value: "b"}, {Key: "rank", Value: 2}}), nil)
		s.finds(t, st, store.Query{Index: "owner", Equal: []any{"b", 2}}, "one")
	})
	t.Run("a refused replacement changes nothing", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "tags", Value: bson.A{"a"}}, {Key: "rank", Value: 1}})
		is(t, replace(t, st, "one", 1, bson.D{{Key: "tags", Value: bson.A{"b"}}, {Key: "rank", Value: 1.5}}), store.ErrInvalid)
		is(t, replace(t, st, "one", 7, bson.D{{Key: "tags", Value: bson.A{"b"}}, {Key: "rank", Value: 1}}), store.ErrConflict)
		is(t, st.Delete(t.Context(), collection, "one", 7), store.ErrConflict)
		same(t, get(t, st, "one"), "one", 1, bson.D{{Key: "tags", Value: bson.A{"a"}}, {Key: "rank", Value: 1}})
		s.finds(t, st, store.Query{Index: "tag", Equal: []any{"a"}}, "one")
		s.finds(t, st, store.Query{Index: "tag", Equal: []any{"b"}})
	})
}
