package rules

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/store"
)

const (
	cursorVersion = 1
	cursorHead    = 1 + 8
	// A key holds at most maxFields strings in which every byte is escaped.
	maxKey    = maxFields * (2*store.MaxIndexed + 2)
	maxCursor = (cursorHead + binary.MaxVarintLen64 + maxKey + store.MaxID) * 4 / 3
)

// Cursor returns the cursor that goes on behind the document with this id and key (nil in the walk by id).
func (s *Stretch) Cursor(key []byte, id string) store.Cursor {
	data := append([]byte{cursorVersion}, s.fingerprint[:]...)
	data = binary.AppendUvarint(data, uint64(len(key)))
	data = append(data, key...)
	data = append(data, id...)
	return store.Cursor(base64.RawURLEncoding.EncodeToString(data))
}

// parseCursor takes nothing from a cursor on trust: it comes from clients.
func (s *Stretch) parseCursor(cursor store.Cursor) (*Place, error) {
	fail := func(why string) (*Place, error) {
		return nil, fmt.Errorf("%w: cursor %.40q: %s", store.ErrInvalid, cursor, why)
	}
	if len(cursor) > maxCursor {
		return fail("too long")
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(string(cursor))
	if err != nil || len(data) < cursorHead || data[0] != cursorVersion {
		return fail("not made by this store")
	}
	if !bytes.Equal(data[1:cursorHead], s.fingerprint[:]) {
		return fail("made by another query")
	}
	size, n := binary.Uvarint(data[cursorHead:])
	data = data[cursorHead:]
	if n <= 0 || size > uint64(len(data)-n) || len(binary.AppendUvarint(nil, size)) != n {
		return fail("damaged")
	}
	place := &Place{Key: data[n : n+int(size)], ID: string(data[n+int(size):])}
	if !ValidID(place.ID) {
		return fail("holds no id")
	}
	ordered := place.Key
	if s.Index == nil {
		ordered = []byte(place.ID)
	}
	if bytes.Compare(ordered, s.Low) < 0 || s.High != nil && bytes.Compare(ordered, s.High) >= 0 {
		return fail("leads outside the query")
	}
	if place.Values, err = SplitKey(place.Key); err != nil {
		return fail("damaged")
	}
	if s.Index == nil && len(place.Values) != 0 || s.Index != nil && len(place.Values) != len(s.Index.Fields) {
		return fail("damaged")
	}
	return place, nil
}
