package storetest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

func millis(t time.Time) bson.DateTime { return bson.NewDateTimeFromTime(t) }

// ordered is one value per step, ascending: integers, strings by their bytes, booleans, times.
var ordered = []any{
	int64(math.MinInt64), int32(math.MinInt32), int64(-1), 0, 1, int32(9), int64(10), int64(math.MaxInt32) + 1, int64(1) << 53, int64(1)<<53 + 1, int64(math.MaxInt64),
	"", "\x00", "\x00\x00", "\x00a", "\x01", "$", "$a", "A", "B", "a", "a\x00", "a\x00\x00", "a\x00b", "a\x01", "a.b", "aB", "aa", "ab", "b", "z", "\x7f", "á", "é", "\ud7ff", "\ue000", "\ufffd", "😀", "\U0010FFFF", "\U0010FFFFa",
	false, true,
	bson.DateTime(math.MinInt64), millis(time.Date(1869, 1, 1, 0, 0, 0, 0, time.UTC)), bson.DateTime(-1), bson.DateTime(0), bson.DateTime(1), millis(time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)), bson.DateTime(math.MaxInt64),
}

func (s suite) order(t *testing.T) {
	t.Run("by id", s.orderByID)
	t.Run("by value", s.orderByValue)
	t.Run("several fields", s.orderBySeveral)
	t.Run("equal values are in the order of ids", func(t *testing.T) {
		st := s.fresh(t)
		for _, id := range []string{"d", "a", "c", "b", "\U0010FFFF", "B"} {
			insert(t, st, id, bson.D{{Key: "owner", Value: "o"}, {Key: "rank", Value: 1}})
		}
		s.finds(t, st, store.Query{Index: "owner", Equal: []any{"o"}}, "B", "a", "b", "c", "d", "\U0010FFFF")
		s.finds(t, st, store.Query{Index: "owner", Equal: []any{"o", 1}}, "B", "a", "b", "c", "d", "\U0010FFFF")
		s.finds(t, st, store.Query{Index: "owner"}, "B", "a", "b", "c", "d", "\U0010FFFF")
	})
	t.Run("nested fields", func(t *testing.T) {
		st := s.fresh(t)
		nest := func(v any) bson.D {
			return bson.D{{Key: "a", Value: bson.D{{Key: "b", Value: bson.D{{Key: "c", Value: v}}}}}}
		}
		insert(t, st, "one", nest(2))
		insert(t, st, "two", nest(1))
		insert(t, st, "three", nest(nil))
		insert(t, st, "four", bson.D{{Key: "a", Value: bson.D{{Key: "b", Value: 3}}}})
		insert(t, st, "five", bson.D{{Key: "a", Value: nil}})
		s.finds(t, st, store.Query{Index: "deep"}, "two", "one")
		is(t, st.Insert(t.Context(), collection, record(t, "six", bson.D{{Key: "a", Value: bson.A{bson.D{{Key: "b", Value: bson.D{{Key: "c", Value: 1}}}}}}})), store.ErrInvalid)
	})
	t.Run("values that go into queries", func(t *testing.T) {
		type name string
		type number uint16
		st := s.fresh(t)
		when := time.Date(2026, 9, 1, 8, 0, 0, 123_456_789, time.FixedZone("", 7200))
		insert(t, st, "n", bson.D{{Key: "value", Value: 7}})
		insert(t, st, "s", bson.D{{Key: "value", Value: "seven"}})
		insert(t, st, "b", bson.D{{Key: "value", Value: true}})
		insert(t, st, "t", bson.D{{Key: "value", Value: when}})
		for _, v := range []any{7, int8(7), int16(7), int32(7), int64(7), uint(7), uint8(7), uint32(7), uint64(7), number(7), time.Duration(7)} {
			s.finds(t, st, store.Query{Index: "value", Equal: []any{v}}, "n")
		}
		s.finds(t, st, store.Query{Index: "value", Equal: []any{name("seven")}}, "s")
		s.finds(t, st, store.Query{Index: "value", Prefix: "sev"}, "s")
		s.finds(t, st, store.Query{Index: "value", Equal: []any{true}}, "b")
		s.finds(t, st, store.Query{Index: "value", Equal: []any{when}}, "t")
		s.finds(t, st, store.Query{Index: "value", Equal: []any{when.UTC().Truncate(time.Millisecond)}}, "t")
		s.finds(t, st, store.Query{Index: "value", Equal: []any{bson.NewDateTimeFromTime(when)}}, "t")
	})
}

func (s suite) orderByID(t *testing.T) {
	st := s.fresh(t)
	ids := []string{}
	for _, v := range ordered {
		if text, ok := v.(string); ok && text != "" {
			ids = append(ids, text)
		}
	}
	for i := len(ids) - 1; i >= 0; i-- {
		insert(t, st, ids[i], bson.D{})
	}
	s.finds(t, st, store.Query{}, ids...)
	for i, from := range ids {
		if s.options.Ferret && i%4 != 0 {
			continue
		}
		s.finds(t, st, store.Query{From: from}, ids[i:]...)
		s.finds(t, st, store.Query{To: from}, ids[:i]...)
		if j := min(i+5, len(ids)-1); j > i {
			s.finds(t, st, store.Query{From: from, To: ids[j]}, ids[i:j]...)
		}
		var under []string
		for _, id := range ids {
			if strings.HasPrefix(id, from) {
				under = append(under, id)
			}
		}
		s.finds(t, st, store.Query{Prefix: from}, under...)
	}
	s.finds(t, st, store.Query{Prefix: "nothing"})
	s.finds(t, st, store.Query{From: "b", To: "a"})
}

func (s suite) orderByValue(t *testing.T) {
	st := s.fresh(t)
	ids := make([]string, len(ordered))
	for i := range ordered {
		ids[i] = fmt.Sprintf("id-%02d", (i*37)%len(ordered)) // ids in another order than values
		insert(t, st, ids[i], bson.D{{Key: "value", Value: ordered[i]}})
	}
	insert(t, st, "missing", bson.D{})
	insert(t, st, "null", bson.D{{Key: "value", Value: nil}})
	s.finds(t, st, store.Query{Index: "value"}, ids...)
	for i, v := range ordered {
		if s.options.Ferret && i%4 != 0 {
			continue
		}
		s.finds(t, st, store.Query{Index: "value", Equal: []any{v}}, ids[i])
		first, end := typeRange(i)
		s.finds(t, st, store.Query{Index: "value", From: v}, ids[i:end]...)
		s.finds(t, st, store.Query{Index: "value", To: v}, ids[first:i]...)
		if text, ok := v.(string); ok && text != "" {
			var under []string
			for j, other := range ordered {
				if other, ok := other.(string); ok && strings.HasPrefix(other, text) {
					under = append(under, ids[j])
				}
			}
			s.finds(t, st, store.Query{Index: "value", Prefix: text}, under...)
		}
	}
}

// typeRange returns the stretch of ordered that has the type of its i-th value.
func typeRange(i int) (first, end int) {
	for first = i; first > 0 && rank(ordered[first-1]) == rank(ordered[i]); first-- {
	}
	for end = i + 1; end < len(ordered) && rank(ordered[end]) == rank(ordered[i]); end++ {
	}
	return first, end
}

func (s suite) orderBySeveral(t *testing.T) {
	st := s.fresh(t)
	for _, d := range []struct {
		id         string
		p, q, r, s any
	}{
		{"1", "a", "a", 1, false},
		{"2", "a", "a", 1, true},
		{"3", "a", "a", 2, false},
		{"4", "a", "a\x00", 0, false},
		{"5", "a", "aa", 0, false},
		{"6", "a", "b", -1, false},
		{"7", "a\x00", "a", 0, false},
		{"8", "aa", "a", 0, false},
		{"9", "b", "a", 0, false},
		{"x", "a", "a", 1, nil},
	} {
		insert(t, st, d.id, bson.D{{Key: "p", Value: d.p}, {Key: "q", Value: d.q}, {Key: "r", Value: d.r}, {Key: "s", Value: d.s}})
	}
	query := func(equal ...any) store.Query { return store.Query{Index: "four", Equal: equal} }
	bounded := func(from, to any, equal ...any) store.Query {
		return store.Query{Index: "four", Equal: equal, From: from, To: to}
	}
	s.finds(t, st, query(), "1", "2", "3", "4", "5", "6", "7", "8", "9")
	s.finds(t, st, query("a"), "1", "2", "3", "4", "5", "6")
	s.finds(t, st, query("a", "a"), "1", "2", "3")
	s.finds(t, st, query("a", "a", 1), "1", "2")
	s.finds(t, st, query("a", "a", 1, true), "2")
	s.finds(t, st, bounded("a\x00", nil), "7", "8", "9")
	s.finds(t, st, bounded("a", "aa"), "1", "2", "3", "4", "5", "6", "7")
	s.finds(t, st, bounded("a", "b", "a"), "1", "2", "3", "4", "5")
	s.finds(t, st, bounded(2, nil, "a", "a"), "3")
	s.finds(t, st, bounded(nil, 2, "a", "a"), "1", "2")
	s.finds(t, st, bounded(true, nil, "a", "a", 1), "2")
	s.finds(t, st, store.Query{Index: "four", Equal: []any{"a"}, Prefix: "a"}, "1", "2", "3", "4", "5")
	s.finds(t, st, store.Query{Index: "four", Prefix: "a"}, "1", "2", "3", "4", "5", "6", "7", "8")
}

func (s suite) counts(t *testing.T) {
	st := s.fresh(t)
	for i := range 25 {
		insert(t, st, fmt.Sprintf("id-%02d", i), bson.D{{Key: "value", Value: i}, {Key: "tags", Value: bson.A{"x", "y"}}, {Key: "rank", Value: i}})
	}
	for _, c := range []struct {
		query       store.Query
		limit, want int
	}{
		{store.Query{}, 100, 25},
		{store.Query{}, 25, 25},
		{store.Query{}, 24, 24},
		{store.Query{}, 1, 1},
		{store.Query{Prefix: "id-1"}, 100, 10},
		{store.Query{Index: "value"}, 7, 7},
		{store.Query{Index: "value", From: 5, To: 9}, 100, 4},
		{store.Query{Index: "value", From: 5, To: 9, Reverse: true, Limit: 2}, 100, 4},
		{store.Query{Index: "tag", Equal: []any{"x"}}, 100, 25},
		{store.Query{Index: "tag", Equal: []any{"y"}, From: 20}, 100, 5},
		{store.Query{Index: "tag", Equal: []any{"y"}, From: 20}, 3, 3},
		{store.Query{Index: "value", Equal: []any{99}}, 100, 0},
	} {
		n, err := st.Count(t.Context(), collection, c.query, c.limit)
		if err != nil || n != c.want {
			t.Errorf("%s counted up to %d: %d, %v; want %d", describe(c.query), c.limit, n, err, c.want)
		}
	}
	for _, limit := range []int{0, -1} {
		_, err := st.Count(t.Context(), collection, store.Query{}, limit)
		is(t, err, store.ErrInvalid)
	}
	page, err := st.Find(t.Context(), collection, store.Query{Limit: 1})
	is(t, err, nil)
	_, err = st.Count(t.Context(), collection, store.Query{After: page.Next}, 1)
	is(t, err, store.ErrInvalid)
}

func (s suite) cursors(t *testing.T) {
	t.Run("writes between pages", func(t *testing.T) {
		st := s.fresh(t)
		for i := range 10 {
			insert(t, st, fmt.Sprintf("id-%d", i), bson.D{{Key: "owner", Value: "o"}, {Key: "rank", Value: i / 3}})
		}
		query := store.Query{Index: "owner", Equal: []any{"o"}, Limit: 4}
		page, err := st.Find(t.Context(), collection, query)
		is(t, err, nil)
		// The place itself may go, and documents may come before and behind it.
		is(t, st.Delete(t.Context(), collection, "id-3", 0), nil)
		insert(t, st, "id-00", bson.D{{Key: "owner", Value: "o"}, {Key: "rank", Value: 0}})
		insert(t, st, "id-9x", bson.D{{Key: "owner", Value: "o"}, {Key: "rank", Value: 1}})
		query.After = page.Next
		if got, want := walk(t.Context(), t, st, query), []string{"id-4", "id-5", "id-9x", "id-6", "id-7", "id-8", "id-9"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
	t.Run("a full last page has no next", func(t *testing.T) {
		st := s.fresh(t)
		for i := range 6 {
			insert(t, st, fmt.Sprintf("id-%d", i), bson.D{{Key: "value", Value: 1}})
		}
		for _, index := range []string{"", "value"} {
			for _, limit := range []int{6, 7} {
				page, err := st.Find(t.Context(), collection, store.Query{Index: index, Limit: limit})
				if err != nil || len(page.Records) != 6 || page.Next != "" {
					t.Errorf("index %q limit %d: %d records, next %q, %v", index, limit, len(page.Records), page.Next, err)
				}
			}
		}
	})
	t.Run("of another query", func(t *testing.T) {
		st := s.fresh(t)
		for i := range 10 {
			insert(t, st, fmt.Sprintf("id-%d", i), bson.D{{Key: "owner", Value: "o"}, {Key: "rank", Value: i}, {Key: "value", Value: i}})
		}
		query := store.Query{Index: "owner", Equal: []any{"o"}, From: 2, Limit: 3}
		page, err := st.Find(t.Context(), collection, query)
		is(t, err, nil)
		for name, change := range map[string]func(*store.Query){
			"index":   func(q *store.Query) { q.Index, q.Equal = "value", nil },
			"by id":   func(q *store.Query) { *q = store.Query{} },
			"equal":   func(q *store.Query) { q.Equal = []any{"p"} },
			"from":    func(q *store.Query) { q.From = 3 },
			"to":      func(q *store.Query) { q.To = 9 },
			"reverse": func(q *store.Query) { q.Reverse = true },
		} {
			other := query
			change(&other)
			other.After = page.Next
			if _, err := st.Find(t.Context(), collection, other); err == nil {
				t.Errorf("a cursor of another query was taken: %s", name)
			} else {
				is(t, err, store.ErrInvalid)
			}
		}
		query.After, query.Limit = page.Next, 2 // the limit may change
		page, err = st.Find(t.Context(), collection, query)
		if err != nil || !slices.Equal(idsOf(page.Records), []string{"id-5", "id-6"}) {
			t.Errorf("got %q, %v", idsOf(page.Records), err)
		}
	})
	t.Run("damaged and forged", s.forgedCursors)
}

// forgedCursors changes a cursor in every place: it is refused, or leads to another place of the same query.
func (s suite) forgedCursors(t *testing.T) {
	st := s.fresh(t)
	for i := range 6 {
		insert(t, st, fmt.Sprintf("id-%d", i), bson.D{{Key: "owner", Value: []string{"mine", "theirs"}[i%2]}, {Key: "rank", Value: i}})
	}
	query := store.Query{Index: "owner", Equal: []any{"mine"}, Limit: 1}
	page, err := st.Find(t.Context(), collection, query)
	is(t, err, nil)
	cursor := string(page.Next)
	if strings.Trim(cursor, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		t.Errorf("the cursor %q cannot stand in an address", cursor)
	}
	forged := []string{"x", "!", "AAAA", strings.Repeat("A", 100), strings.Repeat("A", 1<<20), cursor + "A", cursor[:len(cursor)/2]}
	for i := range cursor {
		for _, c := range "A-_9z" {
			forged = append(forged, cursor[:i]+string(c)+cursor[i+1:])
		}
	}
	for _, cursor := range forged {
		query.After = store.Cursor(cursor)
		page, err := st.Find(t.Context(), collection, query)
		if err != nil {
			is(t, err, store.ErrInvalid)
			continue
		}
		for _, r := range page.Records {
			if r.ID == "id-1" || r.ID == "id-3" || r.ID == "id-5" {
				t.Fatalf("the forged cursor %q led to %s of another owner", cursor, r.ID)
			}
		}
	}
}
