package storetest

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

func (s suite) bodies(t *testing.T) {
	t.Run("every type keeps its bytes", func(t *testing.T) {
		st := s.fresh(t)
		fields := bson.D{
			{Key: "double", Value: 1.25},
			{Key: "zero", Value: math.Copysign(0, 1)},
			{Key: "string", Value: "x\x00y"},
			{Key: "empty", Value: ""},
			{Key: "document", Value: bson.D{{Key: "z", Value: 1}, {Key: "a", Value: 2}}},
			{Key: "array", Value: bson.A{1, "two", bson.D{}}},
			{Key: "binary", Value: []byte{0, 1, 255}},
			{Key: "no bytes", Value: []byte{}},
			{Key: "oid", Value: bson.NewObjectID()},
			{Key: "bool", Value: true},
			{Key: "time", Value: time.UnixMilli(-5)},
			{Key: "null", Value: nil},
			{Key: "int", Value: int32(-1)},
			{Key: "long", Value: int64(1)},
			{Key: "stamp", Value: bson.Timestamp{T: 1, I: 2}},
			{Key: "a b", Value: 1},
			{Key: "a$", Value: 1},
			{Key: "0", Value: 1},
			{Key: "v", Value: 1},
			{Key: "once", Value: 1},
		}
		if !s.options.Ferret {
			fields = append(fields, bson.E{Key: "_id", Value: "mine"},
				bson.E{Key: "nan", Value: math.NaN()}, bson.E{Key: "inf", Value: math.Inf(-1)}, bson.E{Key: "-0", Value: math.Copysign(0, -1)},
				bson.E{Key: "decimal", Value: bson.NewDecimal128(1, 2)}, bson.E{Key: "nested", Value: bson.A{bson.A{1}, bson.A{bson.A{}}}})
		}
		insert(t, st, "one", fields)
		same(t, get(t, st, "one"), "one", 1, fields)
		is(t, replace(t, st, "one", 1, fields), nil)
		same(t, get(t, st, "one"), "one", 2, fields)
	})
	t.Run("slices stay their owners'", s.ownership)
	t.Run("large", func(t *testing.T) {
		st := s.fresh(t)
		size := store.MaxRecord
		if s.options.Ferret {
			size = 1 << 20
		}
		overhead := len(encode(t, bson.D{{Key: "b", Value: []byte{}}}))
		full := store.Record{ID: "full", Body: encode(t, bson.D{{Key: "b", Value: bytes.Repeat([]byte{7}, size-overhead)}})}
		is(t, st.Insert(t.Context(), collection, full), nil)
		if got := get(t, st, "full"); !bytes.Equal(got.Body, full.Body) {
			t.Error("a large body came back changed")
		}
		over := store.Record{ID: "over", Body: encode(t, bson.D{{Key: "b", Value: bytes.Repeat([]byte{7}, store.MaxRecord-overhead+1)}})}
		is(t, st.Insert(t.Context(), collection, over), store.ErrInvalid)
		over.ID, over.Version = "full", 1
		is(t, st.Replace(t.Context(), collection, over), store.ErrInvalid)
	})
	if s.options.Ferret {
		return
	}
	t.Run("a page of large ones ends early", func(t *testing.T) {
		st := s.fresh(t)
		const each, n = 6 << 20, 8
		var want []string
		for i := range n {
			want = append(want, fmt.Sprintf("id-%d", i))
			insert(t, st, want[i], bson.D{{Key: "value", Value: 1}, {Key: "b", Value: bytes.Repeat([]byte{byte(i)}, each)}})
		}
		for _, index := range []string{"", "value"} {
			page, err := st.Find(t.Context(), collection, store.Query{Index: index})
			is(t, err, nil)
			if len(page.Records) == n || page.Next == "" {
				t.Errorf("a page holds %d bodies of %d bytes", len(page.Records), each)
			}
			if got := walk(t.Context(), t, st, store.Query{Index: index}); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	})
}

func (s suite) ownership(t *testing.T) {
	st := s.fresh(t)
	fields := bson.D{{Key: "owner", Value: "aaaa"}, {Key: "rank", Value: 1}}
	scribble := func(data []byte) {
		for i := range data {
			data[i] = 'X'
		}
	}
	mine := record(t, "one", fields)
	is(t, st.Insert(t.Context(), collection, mine), nil)
	scribble(mine.Body)
	many := []store.Record{record(t, "two", fields)}
	_, err := st.InsertMany(t.Context(), collection, many)
	is(t, err, nil)
	scribble(many[0].Body)
	mine = record(t, "one", fields)
	mine.Version = 1
	is(t, st.Replace(t.Context(), collection, mine), nil)
	if mine.Version != 1 || !bytes.Equal(mine.Body, encode(t, fields)) {
		t.Error("Replace changed its argument")
	}
	scribble(mine.Body)

	scribble(get(t, st, "one").Body)
	got, err := st.GetMany(t.Context(), collection, []string{"one", "two"})
	is(t, err, nil)
	_ = append(got[0].Body, bytes.Repeat([]byte("X"), 64)...) // must not reach the next one
	same(t, got[1], "two", 1, fields)
	scribble(got[0].Body)
	page, err := st.Find(t.Context(), collection, store.Query{Index: "owner"})
	is(t, err, nil)
	_ = append(page.Records[0].Body, bytes.Repeat([]byte("X"), 64)...)
	same(t, page.Records[1], "two", 1, fields)
	scribble(page.Records[0].Body)
	same(t, get(t, st, "one"), "one", 2, fields)
	same(t, get(t, st, "two"), "two", 1, fields)
}
