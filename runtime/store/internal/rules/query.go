package rules

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

const defaultPage = 100

// Stretch is a query that was checked, in two forms: as a range of keys and as values.
type Stretch struct {
	// Index is nil for the walk by id.
	Index *Index
	// Empty says that no document can match.
	Empty bool
	// Low (inclusive) and High (exclusive; nil is open) bound the keys of an index, or the bytes of the id.
	Low, High []byte
	// Equal, From and To are the query's values; Prefix has become a From and a To.
	Equal    []any
	From, To any
	Reverse  bool
	Limit    int
	// After is the place behind which to go on, nil at the start.
	After *Place

	fingerprint [8]byte
}

// Place is a place in the order of a stretch.
type Place struct {
	// Key is the document's key in the index, nil for the walk by id.
	Key []byte
	// Values are those of Key.
	Values []any
	ID     string
}

// Stretch checks a query.
func (c *Collection) Stretch(query store.Query) (*Stretch, error) {
	s := &Stretch{Reverse: query.Reverse, Limit: query.Limit}
	if s.Limit == 0 {
		s.Limit = defaultPage
	}
	if s.Limit < 0 || s.Limit > store.MaxPage {
		return nil, fmt.Errorf("%w: a limit of %d, 1 to %d are allowed", store.ErrInvalid, query.Limit, store.MaxPage)
	}
	fields := 1
	if query.Index != "" {
		var ok bool
		if s.Index, ok = c.Index(query.Index); !ok {
			return nil, fmt.Errorf("%w: index %.60q was not declared", store.ErrInvalid, query.Index)
		}
		fields = len(s.Index.Fields)
	} else if len(query.Equal) > 0 {
		return nil, fmt.Errorf("%w: Equal does not go with the walk by id", store.ErrInvalid)
	}
	if len(query.Equal) > fields {
		return nil, fmt.Errorf("%w: %d values for the %d fields of index %q", store.ErrInvalid, len(query.Equal), fields, query.Index)
	}
	if s.Index != nil && s.Index.Multi && len(query.Equal) == 0 {
		return nil, fmt.Errorf("%w: a query of the multi index %q must fix its first field", store.ErrInvalid, query.Index)
	}
	if err := s.setValues(query, fields); err != nil {
		return nil, err
	}
	if s.Index == nil {
		s.setIDBounds()
	} else {
		s.setKeyBounds()
	}
	s.setFingerprint(c.Name, query)
	if query.After != "" {
		var err error
		if s.After, err = s.parseCursor(query.After); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Stretch) setValues(query store.Query, fields int) error {
	for _, v := range query.Equal {
		value, possible, err := ValueOf(v)
		if err != nil {
			return err
		}
		s.Empty = s.Empty || !possible
		s.Equal = append(s.Equal, value)
	}
	if query.From == nil && query.To == nil && query.Prefix == "" {
		return nil
	}
	if len(query.Equal) == fields {
		return fmt.Errorf("%w: a bound, but Equal leaves no field of index %q", store.ErrInvalid, query.Index)
	}
	if query.Prefix != "" {
		return s.setPrefix(query)
	}
	for _, bound := range []struct {
		given any
		to    *any
	}{{query.From, &s.From}, {query.To, &s.To}} {
		if bound.given == nil {
			continue
		}
		value, _, err := ValueOf(bound.given)
		if err != nil {
			return err
		}
		if text, ok := value.(string); ok && !utf8.ValidString(text) {
			return fmt.Errorf("%w: the bound %.60q is not UTF-8", store.ErrInvalid, text)
		} else if !ok && s.Index == nil {
			return fmt.Errorf("%w: an id is bounded by strings, not by a %T", store.ErrInvalid, bound.given)
		}
		*bound.to = value
	}
	if s.From != nil && s.To != nil && tagOf(s.From) != tagOf(s.To) {
		return fmt.Errorf("%w: the bounds are of two types, %T and %T", store.ErrInvalid, query.From, query.To)
	}
	return nil
}

func (s *Stretch) setPrefix(query store.Query) error {
	if query.From != nil || query.To != nil {
		return fmt.Errorf("%w: Prefix excludes From and To", store.ErrInvalid)
	}
	value, possible, err := ValueOf(query.Prefix)
	if err != nil {
		return err
	}
	s.From = value
	if !possible {
		s.Empty = true
		return nil
	}
	if after, ok := afterPrefix(query.Prefix); ok {
		s.To = after
	}
	return nil
}

func (s *Stretch) setIDBounds() {
	if from, ok := s.From.(string); ok {
		s.Low = []byte(from)
	}
	if to, ok := s.To.(string); ok {
		s.High = []byte(to)
		s.Empty = s.Empty || bytes.Compare(s.Low, s.High) >= 0
	}
}

func (s *Stretch) setKeyBounds() {
	var key []byte
	for _, value := range s.Equal {
		key = AppendValue(key, value)
	}
	s.Low, s.High = key, append(bytes.Clone(key), tagEnd)
	if s.From != nil {
		s.Low = AppendValue(bytes.Clone(key), s.From)
		s.High = append(bytes.Clone(key), tagOf(s.From)+1)
	}
	if s.To != nil {
		s.High = AppendValue(bytes.Clone(key), s.To)
		if s.From == nil {
			s.Low = append(bytes.Clone(key), tagOf(s.To))
		}
	}
	if len(s.Low) == 0 {
		s.Low = []byte{0} // below every tag; an empty slice might be taken for NULL
	}
	s.Empty = s.Empty || bytes.Compare(s.Low, s.High) >= 0
}

func (s *Stretch) setFingerprint(collection string, query store.Query) {
	h := fnv.New64a()
	for _, part := range [][]byte{[]byte(collection), []byte(query.Index), s.Low, s.High, fmt.Appendf(nil, "%t,%t", s.Reverse, s.High == nil)} {
		fmt.Fprintf(h, "%d:", len(part))
		h.Write(part)
	}
	h.Sum(s.fingerprint[:0])
}

// minTime is the lowest time, for bounds that only say "a time".
const minTime = bson.DateTime(-1 << 63)

// TypesBehind returns the lowest value of each type that sorts behind value's type in the direction, nearest type first.
func TypesBehind(value any, reverse bool) []any {
	var behind []any
	for _, lowest := range []any{int64(-1 << 63), "", false, minTime} {
		switch {
		case !reverse && tagOf(lowest) > tagOf(value):
			behind = append(behind, lowest)
		case reverse && tagOf(lowest) < tagOf(value):
			behind = append([]any{lowest}, behind...)
		}
	}
	return behind
}

// KeyOf returns the key under which the stretch holds a document, nil in the walk by id.
func (s *Stretch) KeyOf(body []byte) ([]byte, error) {
	if s.Index == nil {
		return nil, nil
	}
	keys, err := s.Index.Keys(body)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if bytes.Compare(key, s.Low) >= 0 && bytes.Compare(key, s.High) < 0 {
			return key, nil
		}
	}
	return nil, errKey
}
