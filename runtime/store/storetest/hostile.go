package storetest

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// hostile is requirement R26 of the security reference: what people choose never becomes an operator, a field name, a
// path or a part of another id.
func (s suite) hostile(t *testing.T) {
	t.Run("ids", s.hostileIDs)
	t.Run("queries", s.hostileQueries)
	t.Run("bodies", s.hostileBodies)
	t.Run("values", func(t *testing.T) {
		st := s.fresh(t)
		for _, v := range []string{"$ne", `{"$gt":""}`, "' OR 1=1 --", "\x00", "%", "_", "*", "^a", "a\nb", "\u202e", "$where"} {
			insert(t, st, "v"+v, bson.D{{Key: "slug", Value: v}, {Key: "value", Value: v}})
			s.finds(t, st, store.Query{Index: "value", Equal: []any{v}}, "v"+v)
			s.finds(t, st, store.Query{Index: "slug", Equal: []any{v}}, "v"+v)
		}
		s.finds(t, st, store.Query{Index: "value", Prefix: "%"}, "v%")
		s.finds(t, st, store.Query{Index: "value", Prefix: "^"}, "v^a")
	})
}

func (s suite) hostileIDs(t *testing.T) {
	st := s.fresh(t)
	ids := []string{
		"$set", "$where", "a.b", "_id", "a\x00b", "\x00", `a"b`, "a'b", "'; DROP TABLE items; --", "{\"$gt\":\"\"}", "../../etc/passwd",
		"%", "_", "*", "\n", " ", "\u202e", "1:a,", "\U0010FFFF", strings.Repeat("x", store.MaxID), strings.Repeat("é", store.MaxID/2),
		store.ID("a", "b"), store.ID("ab", ""), store.ID("", "ab"), store.ID("a,1:b"),
	}
	for i, id := range ids {
		insert(t, st, id, bson.D{{Key: "i", Value: i}})
	}
	for i, id := range ids {
		same(t, get(t, st, id), id, 1, bson.D{{Key: "i", Value: i}})
		is(t, replace(t, st, id, 1, bson.D{{Key: "i", Value: i}, {Key: "n", Value: int64(0)}}), nil)
		if _, err := st.Increment(t.Context(), collection, id, store.Increment{Path: "n", By: int64(i)}); err != nil {
			t.Errorf("%q: %v", id, err)
		}
	}
	records, err := st.GetMany(t.Context(), collection, ids)
	if err != nil || len(records) != len(ids) {
		t.Errorf("got %d of %d, %v", len(records), len(ids), err)
	}
	for i, id := range ids {
		same(t, get(t, st, id), id, 3, bson.D{{Key: "i", Value: i}, {Key: "n", Value: int64(i)}})
		is(t, st.Delete(t.Context(), collection, id, 3), nil)
	}
	s.finds(t, st, store.Query{})

	for _, id := range []string{"", "\xff", "a\xc3", "\xed\xa0\x80", strings.Repeat("x", store.MaxID+1)} {
		is(t, st.Insert(t.Context(), collection, record(t, id, bson.D{})), store.ErrInvalid)
		_, err := st.InsertMany(t.Context(), collection, []store.Record{record(t, id, bson.D{})})
		is(t, err, store.ErrInvalid)
		// No document has such an id, so looking for one is no mistake of the caller's.
		_, err = st.Get(t.Context(), collection, id)
		is(t, err, store.ErrNotFound)
		is(t, replace(t, st, id, 1, bson.D{}), store.ErrNotFound)
		is(t, st.Delete(t.Context(), collection, id, 0), store.ErrNotFound)
		_, err = st.Increment(t.Context(), collection, id, store.Increment{Path: "n", By: 1})
		is(t, err, store.ErrNotFound)
	}
}

func (s suite) hostileQueries(t *testing.T) {
	st := s.fresh(t)
	insert(t, st, "one", bson.D{{Key: "value", Value: "secret"}, {Key: "owner", Value: "o"}, {Key: "rank", Value: 1}, {Key: "tags", Value: "t"}})
	for _, v := range []any{
		nil,
		bson.D{{Key: "$ne", Value: nil}},
		bson.M{"$gt": ""},
		map[string]any{"$gt": ""},
		bson.A{"secret"},
		[]string{"secret"},
		[]byte("secret"),
		bson.Regex{Pattern: ".*"},
		bson.MinKey{},
		bson.MaxKey{},
		bson.Null{},
		1.0, math.NaN(), float32(1), uint64(math.MaxUint64),
		struct{ X string }{"secret"},
		&struct{}{}, bson.NewObjectID(), (*time.Time)(nil), errors.New("x"), complex(1, 1),
	} {
		refused(t, st, store.Query{Index: "value", Equal: []any{v}})
		if v != nil {
			refused(t, st, store.Query{Index: "value", From: v})
			refused(t, st, store.Query{Index: "value", To: v})
		}
	}
	for _, query := range []store.Query{
		{Index: "value", From: 1, To: "a"},
		{Index: "value", From: "a", Prefix: "a"},
		{Index: "value", To: "a", Prefix: "a"},
		{Index: "value", Equal: []any{"a"}, Prefix: "a"},
		{Index: "value", Equal: []any{"a"}, From: "a"},
		{Index: "value", Equal: []any{"a", "b"}},
		{Index: "value", From: "\xff"},
		{Index: "value", To: "\xff"},
		{Equal: []any{"one"}},
		{From: 1},
		{To: true},
		{From: "a", Prefix: "b"},
	} {
		refused(t, st, query)
	}
	for _, limit := range []int{-1, store.MaxPage + 1} {
		_, err := st.Find(t.Context(), collection, store.Query{Limit: limit})
		is(t, err, store.ErrInvalid)
	}
	// Strings that no document can hold are no mistake: nothing is found.
	long := strings.Repeat("x", store.MaxIndexed+1)
	for _, v := range []string{"\xff", "secret\xff", long} {
		s.finds(t, st, store.Query{Index: "value", Equal: []any{v}})
		s.finds(t, st, store.Query{Index: "value", Prefix: v})
		s.finds(t, st, store.Query{Index: "tag", Equal: []any{v}})
		s.finds(t, st, store.Query{Prefix: v})
	}
	s.finds(t, st, store.Query{Index: "value", To: long}, "one")
	s.finds(t, st, store.Query{Index: "value", From: long})
	s.finds(t, st, store.Query{Index: "value", From: "z", To: "a"})
}

func (s suite) hostileBodies(t *testing.T) {
	st := s.fresh(t)
	ctx := t.Context()
	deep := func(levels int) bson.D {
		d := bson.D{}
		for range levels - 1 {
			d = bson.D{{Key: "d", Value: d}}
		}
		return d
	}
	bodies := map[string][]byte{
		"operator":          encode(t, bson.D{{Key: "$set", Value: 1}}),
		"nested operator":   encode(t, bson.D{{Key: "a", Value: bson.D{{Key: "$inc", Value: 1}}}}),
		"operator in array": encode(t, bson.D{{Key: "a", Value: bson.A{bson.D{{Key: "$x", Value: 1}}}}}),
		"dot":               encode(t, bson.D{{Key: "a.b", Value: 1}}),
		"nested dot":        encode(t, bson.D{{Key: "a", Value: bson.D{{Key: ".", Value: 1}}}}),
		"empty name":        encode(t, bson.D{{Key: "", Value: 1}}),
		"name twice":        encode(t, bson.D{{Key: "a", Value: 1}, {Key: "b", Value: 1}, {Key: "a", Value: 2}}),
		"nested name twice": encode(t, bson.D{{Key: "c", Value: bson.D{{Key: "a", Value: 1}, {Key: "a", Value: 2}}}}),
		"name not UTF-8":    encode(t, bson.D{{Key: "a\xff", Value: 1}}),
		"value not UTF-8":   rawString("a", "\xff\xfe"),
		"too deep":          encode(t, deep(store.MaxDepth+1)),
		"much too deep":     encode(t, deep(20_000)),
		"code":              encode(t, bson.D{{Key: "a", Value: bson.JavaScript("while(1);")}}),
		"code with scope":   encode(t, bson.D{{Key: "a", Value: bson.CodeWithScope{Code: "1", Scope: bson.D{}}}}),
		"symbol":            encode(t, bson.D{{Key: "a", Value: bson.Symbol("x")}}),
		"undefined":         encode(t, bson.D{{Key: "a", Value: bson.Undefined{}}}),
		"min key":           encode(t, bson.D{{Key: "a", Value: bson.MinKey{}}}),
		"max key":           encode(t, bson.D{{Key: "a", Value: bson.MaxKey{}}}),
		"nothing":           nil,
		"not BSON":          []byte("hello, world"),
		"cut off":           encode(t, bson.D{{Key: "a", Value: "b"}})[:8],
		"more behind":       append(encode(t, bson.D{}), 0),
		"lying length":      {0xff, 0xff, 0xff, 0x7f, 0},
		"unknown type":      {8, 0, 0, 0, 0x42, 'a', 0, 0},
		"bad boolean":       {9, 0, 0, 0, 8, 'a', 0, 2, 0},
		"index on a double": encode(t, bson.D{{Key: "value", Value: 1.5}}),
		"index on a binary": encode(t, bson.D{{Key: "value", Value: []byte("x")}}),
		"index on an array": encode(t, bson.D{{Key: "value", Value: bson.A{"x"}}}),
		"index on a doc":    encode(t, bson.D{{Key: "value", Value: bson.D{}}}),
		"index on an oid":   encode(t, bson.D{{Key: "value", Value: bson.NewObjectID()}}),
		"index on much":     encode(t, bson.D{{Key: "value", Value: strings.Repeat("x", store.MaxIndexed+1)}}),
	}
	insert(t, st, "one", bson.D{{Key: "kept", Value: true}})
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			is(t, st.Insert(ctx, collection, store.Record{ID: "x", Body: body}), store.ErrInvalid)
			is(t, st.Replace(ctx, collection, store.Record{ID: "one", Version: 1, Body: body}), store.ErrInvalid)
			n, err := st.InsertMany(ctx, collection, []store.Record{record(t, "y", bson.D{}), {ID: "x", Body: body}})
			is(t, err, store.ErrInvalid)
			if n != 0 {
				t.Errorf("inserted %d", n)
			}
		})
	}
	same(t, get(t, st, "one"), "one", 1, bson.D{{Key: "kept", Value: true}})
	s.finds(t, st, store.Query{}, "one")
	is(t, st.Insert(ctx, collection, store.Record{ID: "deep", Body: encode(t, deep(store.MaxDepth))}), nil)
	is(t, st.Insert(ctx, collection, record(t, "long", bson.D{{Key: "value", Value: strings.Repeat("x", store.MaxIndexed)}})), nil)
}

// rawString builds a document with one string, which the driver would refuse to build or not.
func rawString(name, value string) []byte {
	body := []byte{0, 0, 0, 0, 2}
	body = append(append(body, name...), 0)
	body = append(body, byte(len(value)+1), 0, 0, 0)
	body = append(append(body, value...), 0, 0)
	body[0] = byte(len(body))
	return body
}
