package store

import (
	"fmt"
	"sort"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Map is a map whose keys may be anything: learners and course archives choose some of them, and a key such as "$set" or
// "a.b" must reach no database as a field name. It is stored as an array of pairs in the order of keys, alike everywhere.
// A nil map and an empty one are stored alike and read back as nil.
type Map[V any] map[string]V

type pair[V any] struct {
	Key   string `bson:"k"`
	Value V      `bson:"v"`
}

// MarshalBSONValue implements bson.ValueMarshaler.
func (m Map[V]) MarshalBSONValue() (typ byte, data []byte, err error) {
	pairs := make([]pair[V], 0, len(m))
	for key, value := range m {
		pairs = append(pairs, pair[V]{key, value})
	}
	sort.Slice(pairs, func(i, j int) bool { return pairs[i].Key < pairs[j].Key })
	t, data, err := bson.MarshalValue(pairs)
	return byte(t), data, err
}

// UnmarshalBSONValue implements bson.ValueUnmarshaler.
func (m *Map[V]) UnmarshalBSONValue(typ byte, data []byte) error {
	if bson.Type(typ) == bson.TypeNull || bson.Type(typ) == bson.TypeUndefined {
		*m = nil
		return nil
	}
	var pairs []pair[V]
	if err := bson.UnmarshalValue(bson.Type(typ), data, &pairs); err != nil {
		return fmt.Errorf("decoding map: %w", err)
	}
	if len(pairs) == 0 {
		*m = nil
		return nil
	}
	*m = make(Map[V], len(pairs))
	for _, p := range pairs {
		(*m)[p.Key] = p.Value
	}
	return nil
}

// Compile-time guards.
var (
	_ bson.ValueMarshaler   = Map[int]{}
	_ bson.ValueUnmarshaler = (*Map[int])(nil)
)
