package rules

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// ascending is in the order that keys must have.
var ascending = []any{
	int64(math.MinInt64), int64(-256), int64(-1), int64(0), int64(1), int64(255), int64(256), int64(math.MaxInt64),
	"", "\x00", "\x00\x00", "\x00\x01", "\x01", "a", "a\x00", "a\x00a", "a\x01", "aa", "b", "\x7f", "é", "\U0010FFFF",
	false, true,
	bson.DateTime(math.MinInt64), bson.DateTime(-1), bson.DateTime(0), bson.DateTime(math.MaxInt64),
}

func TestKeysSortLikeValues(t *testing.T) {
	for i, a := range ascending {
		for j, b := range ascending {
			if got, want := bytes.Compare(AppendValue(nil, a), AppendValue(nil, b)), sign(i-j); got != want {
				t.Errorf("%#v against %#v: %d, want %d", a, b, got, want)
			}
			// As the first of two fields, whatever the second holds.
			for _, second := range []any{int64(math.MinInt64), int64(math.MaxInt64), "", "\U0010FFFF", true} {
				key := AppendValue(AppendValue(nil, a), second)
				other := AppendValue(AppendValue(nil, b), "m")
				if got, want := bytes.Compare(key, other), sign(i-j); i != j && got != want {
					t.Errorf("(%#v, %#v) against (%#v, m): %d, want %d", a, second, b, got, want)
				}
				if !bytes.HasPrefix(key, AppendValue(nil, a)) || bytes.Compare(key, append(AppendValue(nil, a), tagEnd)) >= 0 {
					t.Errorf("(%#v, %#v) is not between its first field and its end", a, second)
				}
			}
		}
	}
}

func sign(n int) int { return max(-1, min(1, n)) }

func TestSplitKeyReturnsWhatWasAppended(t *testing.T) {
	for i := range ascending {
		values := []any{ascending[i], ascending[(i+7)%len(ascending)], ascending[(i+13)%len(ascending)]}
		var key []byte
		for _, v := range values {
			key = AppendValue(key, v)
		}
		got, err := SplitKey(key)
		if err != nil || !slices.Equal(got, values) {
			t.Errorf("got %#v, %v; want %#v", got, err, values)
		}
	}
}

func TestAfterPrefix(t *testing.T) {
	for _, c := range []struct {
		prefix, next string
		ok           bool
	}{
		{"a", "b", true},
		{"a\x00", "a\x01", true},
		{"a\x7f", "a\u0080", true},
		{"\u07ff", "\u0800", true},
		{"\ud7ff", "\ue000", true},
		{"a\U0010FFFF", "b", true},
		{"\U0010FFFF", "", false},
	} {
		next, ok := afterPrefix(c.prefix)
		if next != c.next || ok != c.ok {
			t.Errorf("%q: %q, %t; want %q, %t", c.prefix, next, ok, c.next, c.ok)
		}
	}
}

func FuzzSplitKey(f *testing.F) {
	for _, v := range ascending {
		f.Add(AppendValue(nil, v))
		f.Add(AppendValue(AppendValue(nil, v), "x"))
	}
	f.Add([]byte{})
	f.Add([]byte{tagString, 'a', 0, escape, 0})
	f.Fuzz(func(t *testing.T, key []byte) {
		values, err := SplitKey(key)
		if err != nil {
			return
		}
		var again []byte
		for _, v := range values {
			again = AppendValue(again, v)
		}
		if !bytes.Equal(again, key) {
			t.Errorf("%x was taken for %#v, whose key is %x", key, values, again)
		}
	})
}

func FuzzAfterPrefix(f *testing.F) {
	f.Add("a", "ab")
	f.Add("\ud7ff", "\ue000")
	f.Add("\U0010FFFF", "\U0010FFFF\U0010FFFF")
	f.Fuzz(func(t *testing.T, prefix, text string) {
		if prefix == "" || !utf8.ValidString(prefix) || !utf8.ValidString(text) {
			return
		}
		next, ok := afterPrefix(prefix)
		inside := text >= prefix && (!ok || text < next)
		if inside != strings.HasPrefix(text, prefix) {
			t.Errorf("%q, which ends before %q (%t), holds %q: %t", prefix, next, ok, text, inside)
		}
		if ok && !utf8.ValidString(next) {
			t.Errorf("%q is followed by %q, which is no UTF-8", prefix, next)
		}
	})
}

func FuzzCursor(f *testing.F) {
	compiled := compiled(f)
	queries := []store.Query{
		{}, {Prefix: "id-", Reverse: true}, {Index: "two"}, {Index: "two", Equal: []any{"a"}, From: 1}, {Index: "multi", Equal: []any{"x"}},
	}
	for i, query := range queries {
		s, err := compiled.Stretch(query)
		if err != nil {
			f.Fatal(err)
		}
		var key []byte
		if s.Index != nil {
			key = AppendValue(AppendValue(nil, "a"), int64(5))
		}
		f.Add(i, string(s.Cursor(key, "id-7")))
	}
	f.Add(2, "")
	f.Add(2, "AQ")
	f.Add(2, strings.Repeat("A", maxCursor+1))
	f.Fuzz(func(t *testing.T, i int, cursor string) {
		query := queries[uint(i)%uint(len(queries))]
		query.After = store.Cursor(cursor)
		s, err := compiled.Stretch(query)
		if err != nil || cursor == "" {
			return
		}
		// What was taken leads to a place inside the query, and is the only way to write it.
		place := s.After
		if s.Index != nil && (bytes.Compare(place.Key, s.Low) < 0 || bytes.Compare(place.Key, s.High) >= 0 || len(place.Values) != len(s.Index.Fields)) {
			t.Errorf("%q leads to %x, outside %x to %x", cursor, place.Key, s.Low, s.High)
		}
		if s.Index == nil && !strings.HasPrefix(place.ID, query.Prefix) || !ValidID(place.ID) {
			t.Errorf("%q leads to the id %q", cursor, place.ID)
		}
		if again := s.Cursor(place.Key, place.ID); string(again) != cursor {
			t.Errorf("%q is another form of %q", cursor, again)
		}
	})
}

func compiled(t testing.TB) *Collection {
	t.Helper()
	c, err := Compile(store.Spec{
		Name: "things",
		Indexes: []store.Index{
			{Name: "two", Fields: []string{"a", "b"}},
			{Name: "deep", Fields: []string{"a.b.c"}},
			{Name: "multi", Fields: []string{"tags", "b"}, Multi: true},
		},
		Learners: "people.learner",
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCursorLimits(t *testing.T) {
	c, err := Compile(store.Spec{Name: "things", Indexes: []store.Index{{Name: "i", Fields: []string{"a", "b", "c", "d"}}}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Stretch(store.Query{Index: "i"})
	if err != nil {
		t.Fatal(err)
	}
	// The longest place that there can be.
	var key []byte
	for range 4 {
		key = AppendValue(key, strings.Repeat("\x00", store.MaxIndexed))
	}
	cursor := s.Cursor(key, strings.Repeat("i", store.MaxID))
	again, err := c.Stretch(store.Query{Index: "i", After: cursor})
	if err != nil || !bytes.Equal(again.After.Key, key) {
		t.Errorf("a cursor of %d bytes: %v", len(cursor), err)
	}
}

func TestCompileCountsLimits(t *testing.T) {
	if _, err := Compile(store.Spec{Name: strings.Repeat("a", maxCollectionName)}); err != nil {
		t.Error(err)
	}
	many := store.Spec{Name: "a"}
	for i := range maxIndexes {
		many.Indexes = append(many.Indexes, store.Index{Name: fmt.Sprintf("i%d", i), Fields: []string{"a"}})
	}
	if _, err := Compile(many); err != nil {
		t.Error(err)
	}
	many.Learners = "a"
	if _, err := Compile(many); err == nil {
		t.Error("an index too many was taken")
	}
}
