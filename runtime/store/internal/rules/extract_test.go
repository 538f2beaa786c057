package rules

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

func encode(t testing.TB, v any) []byte {
	t.Helper()
	data, err := bson.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestKeys(t *testing.T) {
	c := compiled(t)
	two, _ := c.Index("two")
	multi, _ := c.Index("multi")
	learners, _ := c.Index(LearnersIndex)
	for _, tc := range []struct {
		index *Index
		body  bson.D
		want  string // values of each key
	}{
		{two, bson.D{{Key: "a", Value: "x"}, {Key: "b", Value: int32(1)}}, "[x 1]"},
		{two, bson.D{{Key: "a", Value: "x"}}, ""},
		{two, bson.D{{Key: "a", Value: "x"}, {Key: "b", Value: nil}}, ""},
		{multi, bson.D{{Key: "tags", Value: bson.A{"q", "p", "q"}}, {Key: "b", Value: true}}, "[p true][q true]"},
		{multi, bson.D{{Key: "tags", Value: bson.A{}}, {Key: "b", Value: true}}, ""},
		{multi, bson.D{{Key: "tags", Value: "p"}, {Key: "b", Value: true}}, "[p true]"},
		{learners, bson.D{{Key: "people", Value: bson.D{{Key: "learner", Value: bson.A{"ann", "bob"}}}}}, "[ann][bob]"},
		{learners, bson.D{{Key: "people", Value: "ann"}}, ""},
	} {
		keys, err := tc.index.Keys(encode(t, tc.body))
		if err != nil {
			t.Errorf("%v: %v", tc.body, err)
			continue
		}
		got := ""
		for _, key := range keys {
			values, err := SplitKey(key)
			if err != nil {
				t.Error(err)
			}
			got += fmt.Sprint(values)
		}
		if got != tc.want {
			t.Errorf("%v: %s, want %s", tc.body, got, tc.want)
		}
	}
	for _, body := range []bson.D{
		{{Key: "a", Value: 1.5}},
		{{Key: "b", Value: 1.5}}, // although a is missing and the document in no place of the index
		{{Key: "a", Value: bson.A{"x"}}, {Key: "b", Value: 1}},
		{{Key: "a", Value: strings.Repeat("x", store.MaxIndexed+1)}, {Key: "b", Value: 1}},
	} {
		if keys, err := two.Keys(encode(t, body)); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%.80v: %x, %v; want %v", body, keys, err, store.ErrInvalid)
		}
	}
}

// FuzzBody gives hostile bodies to everything that reads them.
func FuzzBody(f *testing.F) {
	c := compiled(f)
	for _, v := range []any{
		bson.D{},
		bson.D{{Key: "a", Value: "x"}, {Key: "b", Value: 1}, {Key: "tags", Value: bson.A{"p", "q"}}},
		bson.D{{Key: "a", Value: bson.D{{Key: "b", Value: bson.D{{Key: "c", Value: bson.DateTime(1)}}}}}, {Key: "b", Value: true}},
		bson.D{{Key: "people", Value: bson.D{{Key: "learner", Value: bson.A{"ann"}}}}},
		bson.D{{Key: "a", Value: bson.Regex{Pattern: "a", Options: "i"}}, {Key: "b", Value: bson.Binary{Subtype: 2, Data: []byte("x")}}},
		bson.D{{Key: "a", Value: bson.NewObjectID()}, {Key: "b", Value: bson.Timestamp{}}, {Key: "n", Value: 1.5}},
	} {
		f.Add(encode(f, v))
	}
	f.Add([]byte{5, 0, 0, 0, 0})
	f.Add([]byte{0xff, 0xff, 0xff, 0x7f, 0})
	f.Fuzz(func(t *testing.T, body []byte) {
		checkErr := CheckBody(body)
		if checkErr != nil && !errors.Is(checkErr, store.ErrInvalid) {
			t.Fatalf("the error %v is not %v", checkErr, store.ErrInvalid)
		}
		if checkErr == nil {
			// What is taken, the driver takes too.
			if err := bson.Raw(body).Validate(); err != nil {
				t.Fatalf("taken, but the driver says %v", err)
			}
			var back bson.D
			if err := bson.Unmarshal(body, &back); err != nil {
				t.Fatalf("taken, but not decoded: %v", err)
			}
		}
		for _, index := range c.Indexes {
			keys, err := index.Keys(body) // of damaged bodies too: a file may be
			if err != nil {
				continue
			}
			for i, key := range keys {
				if i > 0 && bytes.Compare(keys[i-1], key) >= 0 {
					t.Fatalf("keys are not ascending: %x", keys)
				}
				if checkErr != nil {
					continue
				}
				values, err := SplitKey(key)
				if err != nil || len(values) != len(index.Fields) {
					t.Fatalf("index %s has the key %x: %v, %v", index.Name, key, values, err)
				}
			}
		}
		for _, path := range []Path{{"a"}, {"a", "b", "c"}, {"n"}} {
			_, _ = Integer(body, path) // must return
		}
	})
}

func TestCheckBodyLimits(t *testing.T) {
	deep := func(levels int) []byte {
		body := encode(t, bson.D{})
		for range levels - 1 {
			body = encode(t, bson.D{{Key: "d", Value: bson.Raw(body)}})
		}
		return body
	}
	if err := CheckBody(deep(store.MaxDepth)); err != nil {
		t.Error(err)
	}
	err := CheckBody(deep(store.MaxDepth + 1))
	if !errors.Is(err, store.ErrInvalid) || len(err.Error()) > 3000 {
		t.Errorf("got %.200v", err)
	}
	fields := bson.D{}
	for i := range 1000 {
		fields = append(fields, bson.E{Key: fmt.Sprint("f", i), Value: i})
	}
	if err := CheckBody(encode(t, fields)); err != nil {
		t.Error(err)
	}
	for _, twice := range []string{"f0", "f15", "f16", "f999"} {
		if err := CheckBody(encode(t, append(fields[:len(fields):len(fields)], bson.E{Key: twice, Value: 1}))); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s twice: %v", twice, err)
		}
	}
}

func BenchmarkCheckBody(b *testing.B) {
	body := encode(b, bson.D{
		{Key: "learner", Value: strings.Repeat("l", 32)},
		{Key: "usage", Value: strings.Repeat("u", 65)},
		{Key: "state", Value: make([]byte, 250)},
		{Key: "n", Value: 1},
		{Key: "list", Value: bson.A{1, 2, 3, "four"}},
	})
	c := compiled(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := CheckBody(body); err != nil {
			b.Fatal(err)
		}
		if err := c.CheckKeys(body); err != nil {
			b.Fatal(err)
		}
	}
}
