package fakehost

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// collection is one of the block's own, in the course run.
type collection struct {
	declared wire.Collection
	docs     map[string]*document
	made     int
}

// document is one of the block's own.
type document struct {
	wire.Document
	// order is when it was made, for comparing worlds.
	order int
	// entries are its index values, by index.
	entries map[string][]entry
}

// entry is one place of a document in an index.
type entry []any

func (w *World) collection(name string) (*collection, error) {
	c, ok := w.collections[name]
	if !ok {
		return nil, bad("collection %q is not declared", name)
	}
	return c, nil
}

// Store puts a document into a collection, as an earlier call of the block would have left it.
func (w *World) Store(collection, id string, body json.RawMessage) error {
	c, err := w.collection(collection)
	if err != nil {
		return err
	}
	return c.put(id, body)
}

// Document returns one of the block's documents, nil when there is none.
func (w *World) Document(collection, id string) *wire.Document {
	if c, ok := w.collections[collection]; ok && c.docs[id] != nil {
		d := c.docs[id].Document
		return &d
	}
	return nil
}

// Documents lists a collection's documents in the order in which they were made.
func (w *World) Documents(collection string) []wire.Document {
	c, ok := w.collections[collection]
	if !ok {
		return nil
	}
	var docs []wire.Document
	for _, d := range c.inOrder() {
		docs = append(docs, d.Document)
	}
	return docs
}

func (c *collection) inOrder() []*document {
	docs := make([]*document, 0, len(c.docs))
	for _, d := range c.docs {
		docs = append(docs, d)
	}
	slices.SortFunc(docs, func(a, b *document) int { return a.order - b.order })
	return docs
}

// errTaken means that a unique index has the body's values already.
var errTaken = errors.New("unique values taken")

// put stores a body under an id, at the next version.
func (c *collection) put(id string, body json.RawMessage) error {
	entries, err := c.index(id, body)
	if err != nil {
		return err
	}
	d := c.docs[id]
	if d == nil {
		c.made++
		d = &document{Document: wire.Document{ID: id}, order: c.made}
		c.docs[id] = d
	}
	d.Version++
	d.Body, d.entries = compact(body), entries
	return nil
}

func compact(data json.RawMessage) json.RawMessage {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(data) != nil {
		return data
	}
	return json.RawMessage(strings.TrimSpace(b.String()))
}

// index derives a body's places in the declared indexes. It refuses a body that is no object, values that cannot be indexed,
// and values that a unique index has for another document.
func (c *collection) index(id string, body json.RawMessage) (map[string][]entry, error) {
	var object map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil || object == nil {
		return nil, bad("document %s %q: the body must be a JSON object", c.declared.Name, id)
	}
	entries := map[string][]entry{}
	for _, index := range c.declared.Indexes {
		places, err := entriesOf(index, object)
		if err != nil {
			return nil, bad("document %s %q: %v", c.declared.Name, id, err)
		}
		if index.Unique && c.taken(index.Name, id, places) {
			return nil, errTaken
		}
		entries[index.Name] = places
	}
	return entries, nil
}

func (c *collection) taken(index, id string, places []entry) bool {
	for other, d := range c.docs {
		if other == id {
			continue
		}
		for _, theirs := range d.entries[index] {
			if slices.ContainsFunc(places, func(mine entry) bool { return compareEntries(mine, theirs) == 0 }) {
				return true
			}
		}
	}
	return false
}

func entriesOf(index wire.Index, object map[string]any) ([]entry, error) {
	var rest entry
	var firsts []any
	for i, name := range index.Fields {
		value, ok := object[name]
		if !ok || value == nil {
			return nil, nil // a document that lacks a field is not in the index
		}
		if list, isList := value.([]any); i == 0 && index.Multi && isList {
			for _, element := range list {
				if _, isText := element.(string); !isText {
					return nil, fmt.Errorf("field %q of index %q must be an array of strings", name, index.Name)
				}
			}
			firsts = list
			continue
		}
		scalar, err := scalarOf(value)
		if err != nil || i == 0 && index.Multi {
			return nil, fmt.Errorf("field %q of index %q is %T: strings, integers and booleans can be indexed, arrays of strings in a multi index", name, index.Name, value)
		}
		rest = append(rest, scalar)
	}
	if !index.Multi {
		return []entry{rest}, nil
	}
	entries := make([]entry, len(firsts))
	for i, first := range firsts {
		entries[i] = append(entry{first}, rest...)
	}
	return entries, nil
}

func scalarOf(value any) (any, error) {
	switch v := value.(type) {
	case string, bool:
		return v, nil
	case json.Number:
		return v.Int64()
	}
	return nil, fmt.Errorf("%T is neither a string, an integer nor a boolean", value)
}

// compareEntries orders booleans before integers before strings, and a shorter entry before a longer one that starts so.
func compareEntries(a, b entry) int {
	for i := range min(len(a), len(b)) {
		if order := compareScalars(a[i], b[i]); order != 0 {
			return order
		}
	}
	return len(a) - len(b)
}

func compareScalars(a, b any) int {
	rank := func(v any) int {
		switch v.(type) {
		case bool:
			return 0
		case int64:
			return 1
		}
		return 2
	}
	if ranks := rank(a) - rank(b); ranks != 0 {
		return ranks
	}
	switch a := a.(type) {
	case bool:
		other, _ := b.(bool)
		switch {
		case a == other:
			return 0
		case other:
			return -1
		}
		return 1
	case int64:
		other, _ := b.(int64)
		switch {
		case a < other:
			return -1
		case a > other:
			return 1
		}
		return 0
	case string:
		other, _ := b.(string)
		return strings.Compare(a, other)
	}
	return 0
}

// addTo adds to an integer, or to the counter key inside an object of integers; nothing stored is 0. Sums stay within the
// integers that JSON readers keep exact.
func addTo(before json.RawMessage, key string, by int64) (json.RawMessage, error) {
	if key != "" {
		counters := map[string]json.RawMessage{}
		if len(before) > 0 {
			if err := json.Unmarshal(before, &counters); err != nil {
				return nil, errors.New("what is stored is no object")
			}
		}
		after, err := addTo(counters[key], "", by)
		if err != nil {
			return nil, err
		}
		counters[key] = after
		return json.Marshal(counters)
	}
	var n int64
	if len(before) > 0 {
		if err := json.Unmarshal(before, &n); err != nil {
			return nil, errors.New("what is stored is no integer")
		}
	}
	const most = 1 << 53
	return json.Marshal(max(-most, min(most, n+by)))
}
