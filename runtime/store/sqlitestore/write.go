package sqlitestore

import (
	"context"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/internal/rules"
)

// Insert implements store.Store.
func (s *Store) Insert(ctx context.Context, collection string, record store.Record) error {
	err := s.insert(ctx, collection, record)
	if err != nil {
		return rules.Failed("inserting", collection, record.ID, err)
	}
	return nil
}

func (s *Store) insert(ctx context.Context, collection string, record store.Record) error {
	if _, err := s.enter(collection); err != nil {
		return err
	}
	defer s.gate.Leave()
	if err := rules.CheckRecord(record); err != nil {
		return err
	}
	return s.do(ctx, &insertion{name: collection, record: record})
}

// insertion inserts one record.
type insertion struct {
	name   string
	record store.Record
	table  *table
	keys   keySet
}

func (w *insertion) collection() string { return w.name }
func (w *insertion) size() int          { return len(w.record.Body) }

func (w *insertion) prepare(t *table) (err error) {
	if w.table == t {
		return nil
	}
	w.table = t
	w.keys, err = t.keys(w.record.Body)
	return err
}

func (w *insertion) run(ctx context.Context, x *tx) error {
	args := make([]any, 0, 2+len(w.keys.columns))
	args = append(args, w.record.ID, w.record.Body)
	args = append(args, w.keys.columns...)
	changed, err := x.exec(ctx, w.table.insert, args...)
	if errors.Is(err, store.ErrTaken) {
		// SQLite may meet the foreign value before it meets the id. A record that is there already is no clash.
		_, found, versionErr := x.version(ctx, w.table, w.record.ID)
		if versionErr != nil {
			return versionErr
		}
		if found {
			return store.ErrExists
		}
	}
	if err != nil {
		return err
	}
	if changed == 0 {
		return store.ErrExists
	}
	return x.writeSides(ctx, w.table, w.record.ID, nil, w.keys.sides)
}

// version reads a record's version.
func (x *tx) version(ctx context.Context, t *table, id string) (version int64, found bool, err error) {
	found, err = x.row(ctx, "SELECT v FROM "+tableName(t.name)+" WHERE id = ?", []any{id}, &version)
	return version, found, err
}

// oldSides works out what the side tables hold of a record. It reads the body only where there are such tables.
func (x *tx) oldSides(ctx context.Context, t *table, id string) ([][][]byte, error) {
	if len(t.sides) == 0 {
		return nil, nil
	}
	var body []byte
	found, err := x.row(ctx, "SELECT body FROM "+tableName(t.name)+" WHERE id = ?", []any{id}, &body)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, store.ErrNotFound
	}
	return t.sideKeys(body)
}

// InsertMany implements store.Store.
func (s *Store) InsertMany(ctx context.Context, collection string, records []store.Record) (int, error) {
	inserted, err := s.insertMany(ctx, collection, records)
	if err != nil {
		return inserted, rules.Failed("inserting into", collection, "", err)
	}
	return inserted, nil
}

// A transaction of InsertMany holds at most so many records and about so many bytes, so that others get their turn.
const (
	chunkRecords = 256
	chunkBytes   = 4 << 20
)

func (s *Store) insertMany(ctx context.Context, collection string, records []store.Record) (inserted int, err error) {
	if _, err := s.enter(collection); err != nil {
		return 0, err
	}
	defer s.gate.Leave()
	t := s.catalog.Load().tables[collection]
	all := make([]*insertion, len(records))
	for i, record := range records {
		all[i] = &insertion{name: collection, record: record}
		err := rules.CheckRecord(record)
		if err == nil {
			err = all[i].prepare(t)
		}
		if err != nil {
			return 0, fmt.Errorf("%.80q: %w", record.ID, err)
		}
	}
	var taken error
	for len(all) > 0 {
		chunk := &insertions{name: collection}
		for len(all) > 0 && len(chunk.records) < chunkRecords && chunk.bytes < chunkBytes {
			chunk.records = append(chunk.records, all[0])
			chunk.bytes += all[0].size()
			all = all[1:]
		}
		if err := s.do(ctx, chunk); err != nil {
			return inserted, err
		}
		inserted += chunk.inserted
		if taken == nil {
			taken = chunk.taken
		}
	}
	return inserted, taken
}

// insertions inserts those of several records that do not exist.
type insertions struct {
	name     string
	records  []*insertion
	bytes    int
	inserted int
	taken    error
}

func (w *insertions) collection() string { return w.name }
func (w *insertions) size() int          { return w.bytes + len(w.records)*writeCost/4 }

func (w *insertions) prepare(t *table) error {
	for _, record := range w.records {
		if err := record.prepare(t); err != nil {
			return err
		}
	}
	return nil
}

func (w *insertions) run(ctx context.Context, x *tx) error {
	for _, record := range w.records {
		err := x.guarded(ctx, func() error { return record.run(ctx, x) })
		switch {
		case err == nil:
			w.inserted++
		case errors.Is(err, store.ErrTaken):
			if w.taken == nil {
				w.taken = fmt.Errorf("%.80q: %w", record.record.ID, err)
			}
		case !errors.Is(err, store.ErrExists):
			return err
		}
	}
	return nil
}

// Replace implements store.Store.
func (s *Store) Replace(ctx context.Context, collection string, record store.Record) error {
	err := s.replace(ctx, collection, record)
	if err != nil {
		return rules.Failed("replacing", collection, record.ID, err)
	}
	return nil
}

func (s *Store) replace(ctx context.Context, collection string, record store.Record) error {
	if _, err := s.enter(collection); err != nil {
		return err
	}
	defer s.gate.Leave()
	if err := rules.CheckReplacement(record); err != nil {
		return err
	}
	if !rules.ValidID(record.ID) {
		return store.ErrNotFound
	}
	return s.do(ctx, &replacement{insertion{name: collection, record: record}})
}

// replacement replaces one record.
type replacement struct{ insertion }

func (w *replacement) run(ctx context.Context, x *tx) error {
	t, record := w.table, w.record
	old, err := x.oldSides(ctx, t, record.ID)
	if err != nil {
		return err
	}
	args := make([]any, 0, 3+len(w.keys.columns))
	args = append(append(args, record.Body, record.ID, record.Version), w.keys.columns...)
	changed, err := x.exec(ctx, t.replaceBody, args...)
	if err == nil && changed == 0 && len(w.keys.columns) > 0 {
		changed, err = x.exec(ctx, t.replace, args...)
	}
	if err != nil {
		return err
	}
	if changed == 0 {
		return x.whyUnmatched(ctx, t, record.ID)
	}
	return x.writeSides(ctx, t, record.ID, old, w.keys.sides)
}

// whyUnmatched tells a missing record from one at another version.
func (x *tx) whyUnmatched(ctx context.Context, t *table, id string) error {
	version, found, err := x.version(ctx, t, id)
	switch {
	case err != nil:
		return err
	case !found:
		return store.ErrNotFound
	}
	return fmt.Errorf("%w: it is at version %d", store.ErrConflict, version)
}

// Delete implements store.Store.
func (s *Store) Delete(ctx context.Context, collection, id string, version int64) error {
	err := s.delete(ctx, collection, id, version)
	if err != nil {
		return rules.Failed("deleting", collection, id, err)
	}
	return nil
}

func (s *Store) delete(ctx context.Context, collection, id string, version int64) error {
	if _, err := s.enter(collection); err != nil {
		return err
	}
	defer s.gate.Leave()
	if err := rules.CheckDelete(version); err != nil {
		return err
	}
	if !rules.ValidID(id) {
		return store.ErrNotFound
	}
	return s.do(ctx, &deletion{name: collection, id: id, version: version})
}

// deletion deletes one record.
type deletion struct {
	name, id string
	version  int64 // 0 is any
	table    *table
}

func (w *deletion) collection() string     { return w.name }
func (w *deletion) size() int              { return 0 }
func (w *deletion) prepare(t *table) error { w.table = t; return nil }

func (w *deletion) run(ctx context.Context, x *tx) error {
	old, err := x.oldSides(ctx, w.table, w.id)
	if err != nil {
		return err
	}
	if err := x.writeSides(ctx, w.table, w.id, old, nil); err != nil {
		return err
	}
	changed, err := x.exec(ctx, "DELETE FROM "+tableName(w.name)+" WHERE id = ?1 AND (v = ?2 OR ?2 = 0)", w.id, w.version)
	if err != nil {
		return err
	}
	if changed == 0 {
		return x.whyUnmatched(ctx, w.table, w.id)
	}
	return nil
}
