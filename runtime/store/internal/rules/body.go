package rules

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/runtime/store"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// CheckBody refuses bodies that some store could not keep as they are; see store.Record. It reads every byte, so what
// walks a body afterwards need not check lengths again.
func CheckBody(body []byte) error {
	if len(body) > store.MaxRecord {
		return fmt.Errorf("%w: the body has %d bytes, at most %d are allowed", store.ErrInvalid, len(body), store.MaxRecord)
	}
	rest, err := checkDocument(body, 1, false)
	if err != nil {
		return fmt.Errorf("%w: body: %w", store.ErrInvalid, err)
	}
	if len(rest) != 0 {
		return fmt.Errorf("%w: body: %d bytes follow the document", store.ErrInvalid, len(rest))
	}
	return nil
}

// checkDocument checks the document that data starts with and returns what follows it.
func checkDocument(data []byte, depth int, array bool) (rest []byte, err error) {
	if depth > store.MaxDepth {
		return nil, fmt.Errorf("nested deeper than %d levels", store.MaxDepth)
	}
	if len(data) < 5 {
		return nil, errTruncated
	}
	size := binary.LittleEndian.Uint32(data)
	if size < 5 || uint64(size) > uint64(len(data)) || data[size-1] != 0 {
		return nil, errTruncated
	}
	rest, data = data[size:], data[4:size-1]
	seen := nameSet{}
	for len(data) > 0 {
		kind := bson.Type(data[0])
		end := bytes.IndexByte(data[1:], 0)
		if end < 0 {
			return nil, errTruncated
		}
		name := data[1 : 1+end]
		if !array {
			if problem := nameProblem(name); problem != "" {
				return nil, fmt.Errorf("field %.60q: the name %s", name, problem)
			}
			if !seen.add(name) {
				return nil, fmt.Errorf("field %.60q: the name stands twice in one document", name)
			}
		}
		if data, err = checkValue(kind, data[2+end:], depth); err != nil {
			return nil, fmt.Errorf("field %.60q: %w", name, err)
		}
	}
	return rest, nil
}

var errTruncated = fmt.Errorf("not a BSON document: lengths and bytes disagree")

// checkValue checks the value that data starts with and returns what follows it.
func checkValue(kind bson.Type, data []byte, depth int) (rest []byte, err error) {
	switch kind {
	case bson.TypeEmbeddedDocument, bson.TypeArray:
		return checkDocument(data, depth+1, kind == bson.TypeArray)
	case bson.TypeString:
		return checkString(data)
	case bson.TypeBinary:
		return checkBinary(data)
	case bson.TypeRegex:
		for range 2 {
			end := bytes.IndexByte(data, 0)
			if end < 0 || !utf8.Valid(data[:end]) {
				return nil, errTruncated
			}
			data = data[end+1:]
		}
		return data, nil
	case bson.TypeBoolean:
		if len(data) < 1 || data[0] > 1 {
			return nil, errTruncated
		}
		return data[1:], nil
	default:
		size, ok := fixedSize(kind)
		if !ok {
			return nil, fmt.Errorf("type 0x%02x is not stored", byte(kind))
		}
		if len(data) < size {
			return nil, errTruncated
		}
		return data[size:], nil
	}
}

func checkString(data []byte) (rest []byte, err error) {
	if len(data) < 5 {
		return nil, errTruncated
	}
	size := binary.LittleEndian.Uint32(data)
	data = data[4:]
	if size < 1 || uint64(size) > uint64(len(data)) || data[size-1] != 0 {
		return nil, errTruncated
	}
	if !utf8.Valid(data[:size-1]) {
		return nil, fmt.Errorf("the string is not UTF-8")
	}
	return data[size:], nil
}

// checkBinary knows the old subtype 2, which holds its length twice.
func checkBinary(data []byte) (rest []byte, err error) {
	if len(data) < 5 {
		return nil, errTruncated
	}
	size, subtype := binary.LittleEndian.Uint32(data), data[4]
	data = data[5:]
	if uint64(size) > uint64(len(data)) {
		return nil, errTruncated
	}
	if subtype == bson.TypeBinaryBinaryOld && (size < 4 || binary.LittleEndian.Uint32(data) != size-4) {
		return nil, errTruncated
	}
	return data[size:], nil
}

func fixedSize(kind bson.Type) (int, bool) {
	switch kind {
	case bson.TypeNull:
		return 0, true
	case bson.TypeInt32:
		return 4, true
	case bson.TypeDouble, bson.TypeDateTime, bson.TypeTimestamp, bson.TypeInt64:
		return 8, true
	case bson.TypeObjectID:
		return 12, true
	case bson.TypeDecimal128:
		return 16, true
	default:
		return 0, false
	}
}

// nameProblem says why a field name is refused, "" when it is not.
func nameProblem(name []byte) string {
	switch {
	case len(name) == 0:
		return "is empty"
	case name[0] == '$':
		return `starts with "$"`
	case bytes.IndexByte(name, '.') >= 0:
		return `holds a "."`
	case !utf8.Valid(name):
		return "is not UTF-8"
	}
	return ""
}

// nameSet finds a name that stands twice, without allocating for the few names that documents usually have.
type nameSet struct {
	few  [16][]byte
	n    int
	many map[string]struct{}
}

func (s *nameSet) add(name []byte) bool {
	if s.many == nil {
		for _, earlier := range s.few[:s.n] {
			if bytes.Equal(earlier, name) {
				return false
			}
		}
		if s.n < len(s.few) {
			s.few[s.n] = name
			s.n++
			return true
		}
		s.many = make(map[string]struct{}, 4*len(s.few))
		for _, earlier := range s.few {
			s.many[string(earlier)] = struct{}{}
		}
	}
	if _, ok := s.many[string(name)]; ok {
		return false
	}
	s.many[string(name)] = struct{}{}
	return true
}
