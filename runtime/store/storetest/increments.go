package storetest

import (
	"math"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

func (s suite) increments(t *testing.T) {
	plus := func(t *testing.T, st store.Store, inc store.Increment, want int64) {
		t.Helper()
		got, err := st.Increment(t.Context(), collection, "one", inc)
		if err != nil || got != want {
			t.Errorf("%+v: %d, %v; want %d", inc, got, err, want)
		}
	}
	fails := func(t *testing.T, st store.Store, inc store.Increment, want error) {
		t.Helper()
		_, err := st.Increment(t.Context(), collection, "one", inc)
		is(t, err, want)
	}
	t.Run("fields present, missing and nested", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{
			{Key: "n", Value: int32(5)},
			{Key: "x", Value: "kept"},
			{Key: "m", Value: int64(7)},
			{Key: "d", Value: bson.D{{Key: "e", Value: int64(1)}, {Key: "f", Value: true}}},
		})
		plus(t, st, store.Increment{Path: "n", By: 3}, 8)
		plus(t, st, store.Increment{Path: "n", By: -10}, -2)
		plus(t, st, store.Increment{Path: "m", By: 1 << 40}, 7+1<<40)
		plus(t, st, store.Increment{Path: "d.e", By: 1}, 2)
		plus(t, st, store.Increment{Path: "d.g.h", By: 4}, 4)
		plus(t, st, store.Increment{Path: "new", By: 0}, 0)
		plus(t, st, store.Increment{Path: "n", By: math.MaxInt32}, math.MaxInt32-2)
		plus(t, st, store.Increment{Path: "n", By: 5}, math.MaxInt32+3)
		got := get(t, st, "one")
		if got.Version != 9 {
			t.Errorf("version %d after 8 increments of a new record", got.Version)
		}
		var body struct {
			N, M, New int64
			X         string
			D         struct {
				E int64
				F bool
				G struct{ H int64 }
			}
		}
		if err := bson.Unmarshal(got.Body, &body); err != nil {
			t.Fatal(err)
		}
		if body.N != math.MaxInt32+3 || body.M != 7+1<<40 || body.X != "kept" || body.D.E != 2 || !body.D.F || body.D.G.H != 4 || body.New != 0 {
			t.Errorf("got %+v", body)
		}
		is(t, replace(t, st, "one", 9, bson.D{{Key: "n", Value: 1}}), nil)
		plus(t, st, store.Increment{Path: "n", By: 1}, 2)
	})
	t.Run("bounds", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "n", Value: 5}})
		plus(t, st, store.Increment{Path: "n", By: 5, Max: pointer(10)}, 10)
		fails(t, st, store.Increment{Path: "n", By: 1, Max: pointer(10)}, store.ErrBounds)
		plus(t, st, store.Increment{Path: "n", By: -10, Min: pointer(0)}, 0)
		fails(t, st, store.Increment{Path: "n", By: -1, Min: pointer(0)}, store.ErrBounds)
		fails(t, st, store.Increment{Path: "n", By: 1, Min: pointer(2), Max: pointer(4)}, store.ErrBounds)
		plus(t, st, store.Increment{Path: "n", By: 3, Min: pointer(2), Max: pointer(4)}, 3)
		fails(t, st, store.Increment{Path: "missing", By: 1, Max: pointer(0)}, store.ErrBounds)
		fails(t, st, store.Increment{Path: "missing.too", By: -1, Min: pointer(0)}, store.ErrBounds)
		plus(t, st, store.Increment{Path: "missing.too", By: 1, Min: pointer(0), Max: pointer(1)}, 1)
		fails(t, st, store.Increment{Path: "n", By: 1, Min: pointer(5), Max: pointer(4)}, store.ErrInvalid)
		if got := get(t, st, "one"); got.Version != 5 {
			t.Errorf("version %d: refused increments were counted, or others not", got.Version)
		}
	})
	t.Run("nothing overflows", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "high", Value: int64(math.MaxInt64)}, {Key: "low", Value: int64(math.MinInt64)}})
		fails(t, st, store.Increment{Path: "high", By: 1}, store.ErrBounds)
		fails(t, st, store.Increment{Path: "high", By: math.MaxInt64}, store.ErrBounds)
		fails(t, st, store.Increment{Path: "low", By: -1}, store.ErrBounds)
		fails(t, st, store.Increment{Path: "low", By: math.MinInt64}, store.ErrBounds)
		fails(t, st, store.Increment{Path: "high", By: 1, Min: pointer(math.MinInt64), Max: pointer(math.MaxInt64)}, store.ErrBounds)
		plus(t, st, store.Increment{Path: "high", By: math.MinInt64}, -1)
		plus(t, st, store.Increment{Path: "low", By: math.MaxInt64}, -1)
		fails(t, st, store.Increment{Path: "fresh", By: math.MinInt64, Min: pointer(1)}, store.ErrBounds)
		plus(t, st, store.Increment{Path: "fresh", By: math.MinInt64}, math.MinInt64)
	})
	t.Run("what cannot be added to", func(t *testing.T) {
		st := s.fresh(t)
		fields := bson.D{
			{Key: "text", Value: "5"},
			{Key: "double", Value: 1.5},
			{Key: "null", Value: nil},
			{Key: "flag", Value: true},
			{Key: "list", Value: bson.A{1, 2}},
			{Key: "document", Value: bson.D{{Key: "n", Value: 1}}},
			{Key: "documents", Value: bson.A{bson.D{{Key: "n", Value: 1}}}},
			{Key: "empty", Value: bson.A{}},
		}
		insert(t, st, "one", fields)
		for _, path := range []string{
			"text", "double", "null", "flag", "list", "document", "text.n", "null.n", "documents.n", "empty.n", "list.n", "double.x.y",
			"", ".", "a.", ".a", "a..b", "$inc", "a.$b", "a.$", "list.0", "1", "n\x00", "\xff", strings.Repeat("x", 257), strings.Repeat("x.", 16) + "x",
		} {
			fails(t, st, store.Increment{Path: path, By: 1}, store.ErrInvalid)
			fails(t, st, store.Increment{Path: path, By: 1, Min: pointer(-9), Max: pointer(9), Once: "x"}, store.ErrInvalid)
		}
		same(t, get(t, st, "one"), "one", 1, fields)
	})
	t.Run("once", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "n", Value: 0}})
		plus(t, st, store.Increment{Path: "n", By: 1, Once: "a"}, 1)
		plus(t, st, store.Increment{Path: "n", By: 1, Once: "a"}, 1)
		plus(t, st, store.Increment{Path: "n", By: 1, Once: "b"}, 2)
		plus(t, st, store.Increment{Path: "n", By: 7, Once: "a", Max: pointer(0)}, 2) // the token comes before the bounds
		fails(t, st, store.Increment{Path: "n", By: 9, Once: "c", Max: pointer(5)}, store.ErrBounds)
		plus(t, st, store.Increment{Path: "n", By: 1, Once: "c", Max: pointer(5)}, 3)
		if got := get(t, st, "one"); got.Version != 4 {
			t.Errorf("version %d after three additions", got.Version)
		}
		// Tokens are beside the body: a replacement leaves them.
		is(t, replace(t, st, "one", 4, bson.D{{Key: "n", Value: 100}}), nil)
		plus(t, st, store.Increment{Path: "n", By: 1, Once: "a"}, 100)
		same(t, get(t, st, "one"), "one", 5, bson.D{{Key: "n", Value: 100}})
		for range 2 {
			plus(t, st, store.Increment{Once: "a", Forget: true, Path: "$ignored", Min: pointer(2), Max: pointer(1)}, 0)
		}
		same(t, get(t, st, "one"), "one", 5, bson.D{{Key: "n", Value: 100}})
		plus(t, st, store.Increment{Path: "n", By: 1, Once: "a"}, 101)
		plus(t, st, store.Increment{Path: "n", By: 1, Once: "b"}, 101)
		fails(t, st, store.Increment{Forget: true}, store.ErrInvalid)
		fails(t, st, store.Increment{Path: "n", By: 1, Once: strings.Repeat("x", store.MaxID+1)}, store.ErrInvalid)
		fails(t, st, store.Increment{Path: "n", By: 1, Once: "\xff"}, store.ErrInvalid)
		is(t, st.Delete(t.Context(), collection, "one", 0), nil)
		insert(t, st, "one", bson.D{{Key: "n", Value: 0}})
		plus(t, st, store.Increment{Path: "n", By: 1, Once: "b"}, 1) // another record, which remembers nothing
	})
	t.Run("tokens may be anything", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{})
		tokens := []string{"$a", "a.b", "a\x00b", "1:a,", "x,", `"`, "'", strings.Repeat("é", store.MaxID/2)}
		for i, token := range tokens {
			plus(t, st, store.Increment{Path: "n", By: 1, Once: token}, int64(i+1))
		}
		for _, token := range tokens {
			plus(t, st, store.Increment{Path: "n", By: 1, Once: token}, int64(len(tokens)))
		}
	})
	t.Run("the indexes follow", func(t *testing.T) {
		st := s.fresh(t)
		insert(t, st, "one", bson.D{{Key: "owner", Value: "o"}, {Key: "rank", Value: 1}})
		insert(t, st, "two", bson.D{{Key: "owner", Value: "o"}, {Key: "rank", Value: 5}})
		insert(t, st, "three", bson.D{{Key: "owner", Value: "o"}})
		plus(t, st, store.Increment{Path: "rank", By: 9}, 10)
		if _, err := st.Increment(t.Context(), collection, "three", store.Increment{Path: "rank", By: 7}); err != nil {
			t.Error(err)
		}
		s.finds(t, st, store.Query{Index: "owner", Equal: []any{"o"}}, "two", "three", "one")
	})
}
