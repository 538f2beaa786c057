package storetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// model compares a store with a plain reading of the contract, on random documents and random queries. The seed is
// fixed: a failure comes back.
func (s suite) model(t *testing.T) {
	st := s.fresh(t)
	random := rand.New(rand.NewPCG(1, 2))
	documents := map[string]bson.D{}
	versions := map[string]int64{}
	for range 400 {
		id := fmt.Sprintf("id-%02d", random.IntN(60))
		fields := bson.D{}
		for _, name := range []string{"owner", "rank"} {
			if v, ok := pick(random); ok {
				fields = append(fields, bson.E{Key: name, Value: v})
			}
		}
		switch version := versions[id]; {
		case version == 0:
			insert(t, st, id, fields)
			documents[id], versions[id] = fields, 1
		case random.IntN(4) == 0:
			is(t, st.Delete(t.Context(), collection, id, version), nil)
			delete(documents, id)
			delete(versions, id)
		default:
			is(t, replace(t, st, id, version, fields), nil)
			documents[id], versions[id] = fields, version+1
		}
	}
	queries := 150
	if s.options.Ferret {
		queries = 60
	}
	for range queries {
		query := randomQuery(random)
		s.finds(t, st, query, evaluate(documents, query)...)
		if t.Failed() {
			return
		}
	}
}

// values come often, so that many are equal.
var values = []any{1, 2, 3, int64(2), "a", "b", "ab", "a\x00", true, false, bson.DateTime(5), bson.DateTime(6)}

func pick(random *rand.Rand) (v any, ok bool) {
	switch i := random.IntN(len(values) + 2); i {
	case len(values):
		return nil, true
	case len(values) + 1:
		return nil, false
	default:
		return values[i], true
	}
}

func randomQuery(random *rand.Rand) store.Query {
	value := func() any { return values[random.IntN(len(values))] }
	query := store.Query{Index: "owner"}
	for range random.IntN(3) {
		query.Equal = append(query.Equal, value())
	}
	if len(query.Equal) == 2 {
		return query
	}
	switch random.IntN(5) {
	case 0:
		query.From = value()
	case 1:
		query.To = value()
	case 2:
		query.Prefix = []string{"a", "b", "ab"}[random.IntN(3)]
	case 3:
		query.From, query.To = value(), value()
		if rank(query.From) != rank(query.To) {
			query.To = nil
		}
	}
	return query
}

// evaluate answers a query of the index "owner".
func evaluate(documents map[string]bson.D, query store.Query) []string {
	type hit struct {
		values []any
		id     string
	}
	var hits []hit
	for id, fields := range documents {
		values := []any{field(fields, "owner"), field(fields, "rank")}
		if values[0] == nil || values[1] == nil || !matches(values, query) {
			continue
		}
		hits = append(hits, hit{values, id})
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(compare(a.values[0], b.values[0]), compare(a.values[1], b.values[1]), cmp.Compare(a.id, b.id))
	})
	ids := []string{}
	for _, h := range hits {
		ids = append(ids, h.id)
	}
	return ids
}

func field(fields bson.D, name string) any {
	for _, e := range fields {
		if e.Key == name {
			return e.Value
		}
	}
	return nil
}

func matches(values []any, query store.Query) bool {
	for i, v := range query.Equal {
		if compare(values[i], v) != 0 {
			return false
		}
	}
	if len(query.Equal) == len(values) {
		return true
	}
	v := values[len(query.Equal)]
	if query.From != nil && (rank(v) != rank(query.From) || compare(v, query.From) < 0) {
		return false
	}
	if query.To != nil && (rank(v) != rank(query.To) || compare(v, query.To) >= 0) {
		return false
	}
	text, isText := v.(string)
	return query.Prefix == "" || isText && strings.HasPrefix(text, query.Prefix)
}

// rank orders types.
func rank(v any) int {
	switch v.(type) {
	case int, int32, int64:
		return 1
	case string:
		return 2
	case bool:
		return 3
	case bson.DateTime:
		return 4
	}
	panic(fmt.Sprintf("storetest: no rank for %T", v))
}

func compare(a, b any) int {
	if order := cmp.Compare(rank(a), rank(b)); order != 0 {
		return order
	}
	if text, ok := a.(string); ok {
		other, _ := b.(string)
		return strings.Compare(text, other)
	}
	return cmp.Compare(number(a), number(b))
}

func number(v any) int64 {
	switch v := v.(type) {
	case int:
		return int64(v)
	case int32:
		return int64(v)
	case int64:
		return v
	case bson.DateTime:
		return int64(v)
	case bool:
		if v {
			return 1
		}
		return 0
	}
	panic(fmt.Sprintf("storetest: %T is no number", v))
}
