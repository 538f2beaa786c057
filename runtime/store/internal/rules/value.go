package rules

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"time"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// Index values are int64, string, bool or bson.DateTime. A key is the values of an index's fields, encoded one after
// another so that comparing keys byte by byte compares the values, field by field, in the order of MongoDB: integers,
// strings, booleans, times. Keys are kept in databases: the encoding must not change.
const (
	tagInt    = 0x10
	tagString = 0x20
	tagBool   = 0x30
	tagTime   = 0x40
	// tagEnd is above all tags, so key+tagEnd is above every key that continues key.
	tagEnd = 0xFF
)

// A string's bytes are followed by a 0; a 0 inside it is followed by escape, which no tag equals.
const escape = 0xFF

// ValueOf turns a value of a query into an index value. possible is false for a string that no document can hold in an
// index.
func ValueOf(v any) (value any, possible bool, err error) {
	switch v := v.(type) {
	case time.Time:
		return bson.NewDateTimeFromTime(v), true, nil
	case bson.DateTime:
		return v, true, nil
	}
	r := reflect.ValueOf(v)
	switch {
	case r.Kind() == reflect.String:
		s := r.String()
		return s, len(s) <= store.MaxIndexed && utf8.ValidString(s), nil
	case r.Kind() == reflect.Bool:
		return r.Bool(), true, nil
	case r.CanInt():
		return r.Int(), true, nil
	case r.CanUint() && r.Uint() <= math.MaxInt64:
		return int64(r.Uint()), true, nil
	}
	return nil, false, fmt.Errorf("%w: %.60v (%T) is not a string, integer, boolean or time", store.ErrInvalid, v, v)
}

// AppendValue appends the encoding of an index value.
func AppendValue(key []byte, value any) []byte {
	switch v := value.(type) {
	case int64:
		return appendOrdered(append(key, tagInt), v)
	case bson.DateTime:
		return appendOrdered(append(key, tagTime), int64(v))
	case bool:
		if v {
			return append(key, tagBool, 1)
		}
		return append(key, tagBool, 0)
	case string:
		return append(appendEscaped(append(key, tagString), v), 0)
	default:
		panic(fmt.Sprintf("rules: %T is no index value", value)) // ValueOf and extraction make no other
	}
}

func appendOrdered(key []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(key, uint64(n)^1<<63)
}

func appendEscaped(key []byte, s string) []byte {
	for i := range len(s) {
		key = append(key, s[i])
		if s[i] == 0 {
			key = append(key, escape)
		}
	}
	return key
}

func tagOf(value any) byte { return AppendValue(nil, value)[0] }

// SplitKey decodes a key. It refuses everything that AppendValue does not make.
func SplitKey(key []byte) (values []any, err error) {
	for len(key) > 0 {
		if len(values) == maxFields {
			return nil, errKey
		}
		var value any
		if value, key, err = cutValue(key); err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

var errKey = fmt.Errorf("%w: not the key of an index", store.ErrInvalid)

func cutValue(key []byte) (value any, rest []byte, err error) {
	tag, rest := key[0], key[1:]
	switch tag {
	case tagInt, tagTime:
		if len(rest) < 8 {
			return nil, nil, errKey
		}
		n := int64(binary.BigEndian.Uint64(rest) ^ 1<<63)
		if tag == tagTime {
			return bson.DateTime(n), rest[8:], nil
		}
		return n, rest[8:], nil
	case tagBool:
		if len(rest) < 1 || rest[0] > 1 {
			return nil, nil, errKey
		}
		return rest[0] == 1, rest[1:], nil
	case tagString:
		return cutString(rest)
	default:
		return nil, nil, errKey
	}
}

func cutString(key []byte) (value any, rest []byte, err error) {
	var s []byte
	for i := 0; i < len(key); i++ {
		if key[i] != 0 {
			s = append(s, key[i])
			continue
		}
		if i+1 < len(key) && key[i+1] == escape {
			s = append(s, 0)
			i++
			continue
		}
		if len(s) > store.MaxIndexed || !utf8.Valid(s) {
			return nil, nil, errKey
		}
		return string(s), key[i+1:], nil
	}
	return nil, nil, errKey
}

// afterPrefix returns the first string of UTF-8 after all strings that start with prefix; ok is false if there is none.
func afterPrefix(prefix string) (next string, ok bool) {
	runes := []rune(prefix)
	for i := len(runes) - 1; i >= 0; i-- {
		switch runes[i] {
		case utf8.MaxRune:
			continue
		case 0xD7FF: // the surrogates that follow stand in no UTF-8
			runes[i] = 0xE000
		default:
			runes[i]++
		}
		return string(runes[:i+1]), true
	}
	return "", false
}
