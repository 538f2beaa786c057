package sqlitestore

import (
	"bytes"
	"context"

	"github.com/quoin-lms/quoin/runtime/store/internal/rules"
)

// keySet is what the indexes of a table hold of one document.
type keySet struct {
	columns []any      // in the order of table.columns; nil where the document is not in the index
	sides   [][][]byte // in the order of table.sides
}

// keys works out what the indexes hold of a document.
func (t *table) keys(body []byte) (keySet, error) {
	set := keySet{columns: make([]any, len(t.columns))}
	for i, index := range t.columns {
		keys, err := index.Keys(body)
		if err != nil {
			return keySet{}, err
		}
		if len(keys) > 0 {
			set.columns[i] = keys[0]
		}
	}
	var err error
	set.sides, err = t.sideKeys(body)
	return set, err
}

func (t *table) sideKeys(body []byte) ([][][]byte, error) {
	if len(t.sides) == 0 {
		return nil, nil
	}
	sides := make([][][]byte, len(t.sides))
	for i, index := range t.sides {
		keys, err := index.Keys(body)
		if err != nil {
			return nil, err
		}
		sides[i] = keys
	}
	return sides, nil
}

// writeSides changes the side tables from what they hold of a document to what they shall hold; both are in the order of
// table.sides, and nil is nothing.
func (x *tx) writeSides(ctx context.Context, t *table, id string, from, to [][][]byte) error {
	for i, index := range t.sides {
		var old, fresh [][]byte
		if from != nil {
			old = from[i]
		}
		if to != nil {
			fresh = to[i]
		}
		if err := x.writeSide(ctx, t, index.Index, id, old, fresh); err != nil {
			return err
		}
	}
	return nil
}

// writeSide takes two ascending lists of keys. Old ones go first, so that a unique index does not see both.
func (x *tx) writeSide(ctx context.Context, t *table, index *rules.Index, id string, old, fresh [][]byte) error {
	side := sideName(t.name, index.Name)
	gone, added := difference(old, fresh), difference(fresh, old)
	for _, key := range gone {
		if _, err := x.exec(ctx, "DELETE FROM "+side+" WHERE key = ? AND id = ?", key, id); err != nil {
			return err
		}
	}
	for _, key := range added {
		if _, err := x.exec(ctx, "INSERT INTO "+side+" (key, id) VALUES (?, ?) ON CONFLICT (key, id) DO NOTHING", key, id); err != nil {
			return err
		}
	}
	return nil
}

// difference returns the keys of a that b lacks; both are ascending.
func difference(a, b [][]byte) [][]byte {
	var only [][]byte
	for _, key := range a {
		for len(b) > 0 && bytes.Compare(b[0], key) < 0 {
			b = b[1:]
		}
		if len(b) == 0 || !bytes.Equal(b[0], key) {
			only = append(only, key)
		}
	}
	return only
}
