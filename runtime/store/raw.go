package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Raw is a document, or an array, as it is stored, read field by field where it lies. It is for walks over thousands of large
// documents, of which decoding into structs would be most of the work; everybody else uses a [Collection].
type Raw []byte

// errRaw means that a body is no BSON, which no store hands out.
var errRaw = errors.New("reading a stored document: it is damaged")

// Fields calls visit for each field in order, until it returns false. Names and values point into the document.
func (r Raw) Fields(visit func(name []byte, value Value) bool) error {
	if len(r) < 5 || uint64(binary.LittleEndian.Uint32(r)) != uint64(len(r)) {
		return errRaw
	}
	for data := r[4 : len(r)-1]; len(data) > 0; {
		end := bytes.IndexByte(data[1:], 0)
		if end < 0 {
			return errRaw
		}
		name, rest := data[1:1+end], data[2+end:]
		size := valueSize(bson.Type(data[0]), rest)
		if size < 0 || size > len(rest) {
			return errRaw
		}
		if !visit(name, Value{bson.Type(data[0]), rest[:size]}) {
			return nil
		}
		data = rest[size:]
	}
	return nil
}

// valueSize is how many bytes a value takes, -1 for a kind that is not stored or a length that cannot be read.
func valueSize(kind bson.Type, data []byte) int {
	switch kind { //nolint:exhaustive // other kinds are not stored, see Record.Body
	case bson.TypeNull:
		return 0
	case bson.TypeBoolean:
		return 1
	case bson.TypeInt32:
		return 4
	case bson.TypeDouble, bson.TypeInt64, bson.TypeDateTime, bson.TypeTimestamp:
		return 8
	case bson.TypeObjectID:
		return 12
	case bson.TypeDecimal128:
		return 16
	}
	if len(data) < 4 {
		return -1
	}
	size := int64(binary.LittleEndian.Uint32(data))
	switch kind {
	case bson.TypeEmbeddedDocument, bson.TypeArray:
	case bson.TypeString, bson.TypeSymbol:
		size += 4
	case bson.TypeBinary:
		size += 5
	default:
		return -1
	}
	return int(min(size, math.MaxInt32))
}

// Value is one field's value where it lies. A reader of another kind than the value's gives the zero value.
type Value struct {
	kind bson.Type
	data []byte
}

// Float is a number of any kind.
func (v Value) Float() float64 {
	if v.kind == bson.TypeDouble {
		return math.Float64frombits(binary.LittleEndian.Uint64(v.data))
	}
	return float64(v.Int())
}

// Int is a whole number.
func (v Value) Int() int64 {
	switch v.kind { //nolint:exhaustive // no other kind is a whole number
	case bson.TypeInt32:
		return int64(int32(binary.LittleEndian.Uint32(v.data)))
	case bson.TypeInt64:
		return int64(binary.LittleEndian.Uint64(v.data))
	}
	return 0
}

// Bool is a truth value.
func (v Value) Bool() bool { return v.kind == bson.TypeBoolean && v.data[0] == 1 }

// Text is a string, pointing into the document.
func (v Value) Text() []byte {
	if v.kind != bson.TypeString || len(v.data) < 5 {
		return nil
	}
	return v.data[4 : len(v.data)-1]
}

// Time is an instant, in UTC.
func (v Value) Time() time.Time {
	if v.kind != bson.TypeDateTime {
		return time.Time{}
	}
	return time.UnixMilli(int64(binary.LittleEndian.Uint64(v.data))).UTC()
}

// Document is a document or an array; an array's fields are named "0", "1", and so on. Nil when it is neither.
func (v Value) Document() Raw {
	if v.kind != bson.TypeEmbeddedDocument && v.kind != bson.TypeArray {
		return nil
	}
	return Raw(v.data)
}

// Pairs calls visit for each entry of a stored [Map].
func (v Value) Pairs(visit func(key []byte, value Value)) error {
	pairs := v.Document()
	if pairs == nil {
		return nil
	}
	var failed error
	err := pairs.Fields(func(_ []byte, pair Value) bool {
		var key []byte
		var value Value
		failed = pair.Document().Fields(func(name []byte, field Value) bool {
			switch string(name) {
			case "k":
				key = field.Text()
			case "v":
				value = field
			}
			return true
		})
		if failed == nil {
			visit(key, value)
		}
		return failed == nil
	})
	return errors.Join(err, failed)
}
