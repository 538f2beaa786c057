package mongostore

import (
	"github.com/quoin-lms/quoin/runtime/store/internal/rules"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// indexRange is one uninterrupted piece of an index: equal values of leading fields, bounds on the next one, the order of
// the rest.
type indexRange struct {
	filter, sort bson.D
}

// ranges cuts a stretch, from its cursor on, into pieces that follow one another. Without a cursor it is one piece.
//
// Behind the place (a, b, id) of an index over two fields come: first what has the same a and b and a greater id; then
// the same a and a greater b; then a greater a. A comparison stays within one type, so values of the types behind are
// pieces of their own.
func ranges(s *rules.Stretch) []indexRange {
	switch {
	case s.Index == nil:
		return []indexRange{idRange(s)}
	case s.After == nil:
		return []indexRange{newRange(s, s.Equal, bounds(s.From, s.To))}
	}
	var pieces []indexRange
	if !s.Index.Unique {
		piece := newRange(s, s.After.Values, nil)
		piece.filter = append(piece.filter, bson.E{Key: idField, Value: bson.D{{Key: behind(s), Value: s.After.ID}}})
		pieces = append(pieces, piece)
	}
	for i := len(s.After.Values) - 1; i >= len(s.Equal); i-- {
		equal, value := s.After.Values[:i], s.After.Values[i]
		condition := bson.D{{Key: behind(s), Value: value}}
		bounded := i == len(s.Equal) && (s.From != nil || s.To != nil)
		switch {
		case bounded && s.Reverse:
			condition = append(condition, bounds(s.From, nil)...)
		case bounded:
			condition = append(condition, bounds(nil, s.To)...)
		}
		pieces = append(pieces, newRange(s, equal, condition))
		if bounded {
			continue
		}
		for _, lowest := range rules.TypesBehind(value, s.Reverse) {
			pieces = append(pieces, newRange(s, equal, bounds(lowest, nil)))
		}
	}
	return pieces
}

// newRange makes a piece with the first fields fixed and a condition on the field after them.
func newRange(s *rules.Stretch, equal []any, condition bson.D) indexRange {
	var r indexRange
	for i, field := range s.Index.Fields {
		// The index's own condition, repeated: it keeps missing fields and null out where the index is not partial.
		c := bson.D{typeCondition}
		switch {
		case i < len(equal):
			c = append(c, bson.E{Key: "$eq", Value: equal[i]})
		case i == len(equal):
			c = append(c, condition...)
		}
		r.filter = append(r.filter, bson.E{Key: path(field), Value: c})
		if i >= len(equal) {
			r.sort = append(r.sort, bson.E{Key: path(field), Value: direction(s)})
		}
	}
	if !s.Index.Unique {
		r.sort = append(r.sort, bson.E{Key: idField, Value: direction(s)})
	}
	return r
}

func idRange(s *rules.Stretch) indexRange {
	var condition bson.D
	switch {
	case s.After == nil:
		condition = bounds(s.From, s.To)
	case s.Reverse:
		condition = append(bounds(s.From, nil), bson.E{Key: behind(s), Value: s.After.ID})
	default:
		condition = append(bson.D{{Key: behind(s), Value: s.After.ID}}, bounds(nil, s.To)...)
	}
	r := indexRange{filter: bson.D{}, sort: bson.D{{Key: idField, Value: direction(s)}}}
	if len(condition) > 0 {
		r.filter = bson.D{{Key: idField, Value: condition}}
	}
	return r
}

// typeCondition holds of values that are in an index.
var typeCondition = bson.E{Key: "$type", Value: bson.A{"int", "long", "string", "bool", "date"}}

// bounds is a condition from (inclusive) to (exclusive); nil is open.
func bounds(from, to any) bson.D {
	var condition bson.D
	if from != nil {
		condition = append(condition, bson.E{Key: "$gte", Value: from})
	}
	if to != nil {
		condition = append(condition, bson.E{Key: "$lt", Value: to})
	}
	return condition
}

func behind(s *rules.Stretch) string {
	if s.Reverse {
		return "$lt"
	}
	return "$gt"
}

func direction(s *rules.Stretch) int {
	if s.Reverse {
		return -1
	}
	return 1
}
