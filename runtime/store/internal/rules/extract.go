package rules

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// Element is one field of a document; its slices point into the document.
type Element struct {
	Kind  bson.Type
	Name  []byte
	Value []byte
	// Raw is the element with type and name.
	Raw []byte
}

// Elements calls visit for the fields of a document until it returns false. Unlike [CheckBody] it looks no deeper than
// it must.
func Elements(document []byte, visit func(Element) bool) error {
	if len(document) < 5 || uint64(binary.LittleEndian.Uint32(document)) != uint64(len(document)) {
		return errTruncated
	}
	for data := document[4 : len(document)-1]; len(data) > 0; {
		end := bytes.IndexByte(data[1:], 0)
		if end < 0 {
			return errTruncated
		}
		e := Element{Kind: bson.Type(data[0]), Name: data[1 : 1+end]}
		start := 2 + end
		size, err := valueSize(e.Kind, data[start:])
		if err != nil {
			return err
		}
		e.Value, e.Raw = data[start:start+size], data[:start+size]
		if !visit(e) {
			return nil
		}
		data = data[start+size:]
	}
	return nil
}

// valueSize returns how many bytes of data the value takes, at most len(data).
func valueSize(kind bson.Type, data []byte) (int, error) {
	size, fixed := fixedSize(kind)
	switch {
	case fixed:
	case kind == bson.TypeBoolean:
		size = 1
	case kind == bson.TypeRegex:
		rest, err := checkValue(kind, data, 1)
		return len(data) - len(rest), err
	case len(data) < 4:
		return 0, errTruncated
	default:
		prefix := binary.LittleEndian.Uint32(data)
		if uint64(prefix) > uint64(len(data)) {
			return 0, errTruncated
		}
		size = int(prefix)
		switch kind {
		case bson.TypeString:
			size += 4
		case bson.TypeBinary:
			size += 5
		case bson.TypeEmbeddedDocument, bson.TypeArray:
		default:
			return 0, fmt.Errorf("type 0x%02x is not stored", byte(kind))
		}
	}
	if size > len(data) {
		return 0, errTruncated
	}
	return size, nil
}

// Lookup finds a field of a document. ok is false when it is missing or null, or something on the way to it is no
// document. An array on the way is an error: paths do not lead into arrays.
func Lookup(document []byte, path Path) (found Element, ok bool, err error) {
	for i, name := range path {
		ok = false
		err = Elements(document, func(e Element) bool {
			if string(e.Name) != name {
				return true
			}
			found, ok = e, true
			return false
		})
		if err != nil {
			return Element{}, false, err
		}
		if !ok || found.Kind == bson.TypeNull {
			return Element{}, false, nil
		}
		if i == len(path)-1 {
			return found, true, nil
		}
		switch found.Kind {
		case bson.TypeEmbeddedDocument:
			document = found.Value
		case bson.TypeArray:
			return Element{}, false, fmt.Errorf("field %q: %q is an array, paths do not lead into arrays", path, path[:i+1])
		default:
			return Element{}, false, nil
		}
	}
	return Element{}, false, nil
}

// Keys returns the keys under which the index holds a document, ascending and distinct: none, one, or several of a multi
// index.
func (x *Index) Keys(body []byte) ([][]byte, error) {
	keys := [][]byte{nil}
	missing := false
	for i, path := range x.Fields {
		values, err := fieldValues(body, path, x.Multi && i == 0)
		if err != nil {
			return nil, fmt.Errorf("%w: index %q: %w", store.ErrInvalid, x.Name, err)
		}
		if len(values) == 0 {
			missing = true // go on: a bad type in another field is refused all the same
			continue
		}
		next := make([][]byte, 0, len(keys)*len(values))
		for _, key := range keys {
			for _, value := range values {
				next = append(next, AppendValue(slices.Clone(key), value))
			}
		}
		keys = next
	}
	if missing {
		return nil, nil
	}
	slices.SortFunc(keys, bytes.Compare)
	return slices.CompactFunc(keys, bytes.Equal), nil
}

func fieldValues(body []byte, path Path, multi bool) ([]any, error) {
	e, ok, err := Lookup(body, path)
	if err != nil || !ok {
		return nil, err
	}
	if multi && e.Kind == bson.TypeArray {
		values, err := arrayValues(e.Value)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", path, err)
		}
		return values, nil
	}
	value, err := scalar(e)
	if err != nil {
		return nil, fmt.Errorf("field %q: %w", path, err)
	}
	return []any{value}, nil
}

func arrayValues(array []byte) (values []any, err error) {
	walkErr := Elements(array, func(e Element) bool {
		if len(values) == store.MaxMulti {
			err = fmt.Errorf("an array of more than %d strings", store.MaxMulti)
			return false
		}
		if e.Kind != bson.TypeString {
			err = fmt.Errorf("an array that holds a %s, only strings are allowed", e.Kind)
			return false
		}
		var value any
		value, err = scalar(e)
		values = append(values, value)
		return err == nil
	})
	return values, errors.Join(walkErr, err)
}

func scalar(e Element) (any, error) {
	switch e.Kind {
	case bson.TypeInt32:
		return int64(int32(binary.LittleEndian.Uint32(e.Value))), nil
	case bson.TypeInt64:
		return int64(binary.LittleEndian.Uint64(e.Value)), nil
	case bson.TypeDateTime:
		return bson.DateTime(binary.LittleEndian.Uint64(e.Value)), nil
	case bson.TypeBoolean:
		return e.Value[0] == 1, nil
	case bson.TypeString:
		if len(e.Value) < 5 {
			return nil, errTruncated
		}
		s := string(e.Value[4 : len(e.Value)-1])
		if len(s) > store.MaxIndexed {
			return nil, fmt.Errorf("a string of %d bytes, an index holds at most %d", len(s), store.MaxIndexed)
		}
		return s, nil
	default:
		return nil, fmt.Errorf("a %s, only strings, integers, booleans and times are indexed", e.Kind)
	}
}

// CheckKeys refuses a body that one of the collection's indexes cannot hold.
func (c *Collection) CheckKeys(body []byte) error {
	for _, index := range c.Indexes {
		if _, err := index.Keys(body); err != nil {
			return err
		}
	}
	return nil
}
