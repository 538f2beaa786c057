package sqlitestore

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/internal/rules"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// Increment implements store.Store.
func (s *Store) Increment(ctx context.Context, collection, id string, inc store.Increment) (int64, error) {
	value, err := s.increment(ctx, collection, id, inc)
	if err != nil {
		return 0, rules.Failed("incrementing", collection, id, err)
	}
	return value, nil
}

func (s *Store) increment(ctx context.Context, collection, id string, inc store.Increment) (int64, error) {
	if _, err := s.enter(collection); err != nil {
		return 0, err
	}
	defer s.gate.Leave()
	sum, err := rules.CheckIncrement(inc)
	if err != nil {
		return 0, err
	}
	if !rules.ValidID(id) {
		return 0, store.ErrNotFound
	}
	w := &addition{name: collection, id: id, inc: inc, sum: sum}
	err = s.do(ctx, w)
	return w.value, err
}

// addition carries an increment out.
type addition struct {
	name, id string
	inc      store.Increment
	sum      rules.Sum
	table    *table
	value    int64
}

func (w *addition) collection() string     { return w.name }
func (w *addition) size() int              { return 0 }
func (w *addition) prepare(t *table) error { w.table = t; return nil }

func (w *addition) run(ctx context.Context, x *tx) error {
	var body []byte
	var once string
	found, err := x.row(ctx, "SELECT body, once FROM "+tableName(w.name)+" WHERE id = ?", []any{w.id}, &body, &once)
	if err != nil {
		return err
	}
	if !found {
		return store.ErrNotFound
	}
	tokens, err := store.SplitID(once)
	if err != nil {
		return err
	}
	at := slices.Index(tokens, w.inc.Once)
	if w.inc.Forget {
		if at < 0 {
			return nil
		}
		_, err = x.exec(ctx, "UPDATE "+tableName(w.name)+" SET once = ? WHERE id = ?", store.ID(slices.Delete(tokens, at, at+1)...), w.id)
		return err
	}
	value, err := rules.Integer(body, w.sum.Path)
	if err != nil {
		return err
	}
	if w.inc.Once != "" && at >= 0 {
		w.value = value
		return nil
	}
	if !w.sum.Allows(value) {
		return store.ErrBounds
	}
	w.value = value + w.inc.By
	if w.inc.Once != "" {
		once += store.ID(w.inc.Once)
	}
	return w.write(ctx, x, body, once)
}

func (w *addition) write(ctx context.Context, x *tx, body []byte, once string) error {
	fresh, err := setInteger(body, w.sum.Path, w.value)
	if err != nil {
		return err
	}
	old, err := w.table.sideKeys(body)
	if err != nil {
		return err
	}
	keys, err := w.table.keys(fresh)
	if err != nil {
		return err
	}
	args := make([]any, 0, 3+len(keys.columns))
	args = append(append(args, fresh, w.id, once), keys.columns...)
	changed, err := x.exec(ctx, w.table.incrementBody, args...)
	if err == nil && changed == 0 {
		_, err = x.exec(ctx, w.table.increment, args...)
	}
	if err != nil {
		return err
	}
	return x.writeSides(ctx, w.table, w.id, old, keys.sides)
}

// setInteger returns document with an int64 at path, which it makes where it is missing. Everything else stays as it is,
// byte for byte.
func setInteger(document []byte, path rules.Path, value int64) ([]byte, error) {
	out := make([]byte, 4, len(document)+32)
	done := false
	var inner error
	err := rules.Elements(document, func(e rules.Element) bool {
		if done || string(e.Name) != path[0] {
			out = append(out, e.Raw...)
			return true
		}
		done = true
		out, inner = appendPath(out, e.Value, path, value)
		return inner == nil
	})
	if err == nil {
		err = inner
	}
	if err == nil && !done {
		out, err = appendPath(out, emptyDocument, path, value)
	}
	if err != nil {
		return nil, err
	}
	out = append(out, 0)
	binary.LittleEndian.PutUint32(out, uint32(len(out)))
	return out, nil
}

var emptyDocument = []byte{5, 0, 0, 0, 0}

// appendPath appends the field that path starts with: the integer, or the document nested with the rest of path set.
func appendPath(out, nested []byte, path rules.Path, value int64) ([]byte, error) {
	kind := bson.TypeEmbeddedDocument
	if len(path) == 1 {
		kind = bson.TypeInt64
	}
	out = append(append(append(out, byte(kind)), path[0]...), 0)
	if kind == bson.TypeInt64 {
		return binary.LittleEndian.AppendUint64(out, uint64(value)), nil
	}
	changed, err := setInteger(nested, path[1:], value)
	return append(out, changed...), err
}
