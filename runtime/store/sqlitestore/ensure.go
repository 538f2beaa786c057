package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/internal/rules"
)

// Ensure implements store.Store.
func (s *Store) Ensure(ctx context.Context, specs ...store.Spec) error {
	if err := s.gate.Enter(); err != nil {
		return fmt.Errorf("ensuring collections: %w", err)
	}
	defer s.gate.Leave()
	collections := make([]*rules.Collection, 0, len(specs))
	for _, spec := range specs {
		c, err := rules.Compile(spec)
		if err != nil {
			return fmt.Errorf("ensuring %w", err)
		}
		collections = append(collections, c)
	}
	for _, c := range collections {
		if err := s.ensure(ctx, c); err != nil {
			return fmt.Errorf("ensuring collection %s: %w", c.Name, err)
		}
	}
	for _, c := range collections {
		s.declared.Add(c)
	}
	return nil
}

func (s *Store) ensure(ctx context.Context, c *rules.Collection) error {
	if ready, err := s.catalog.Load().has(c); err != nil || ready {
		return err
	}
	if err := s.do(ctx, &creation{wanted: c}); err != nil {
		return err
	}
	if ready, err := s.catalog.Load().has(c); err != nil || ready {
		return err
	}
	// Indexes on documents that are there already. Every writer keeps the new columns up by now, so what is left is to
	// walk once over the documents, in steps, that others may write.
	for step := (&filling{wanted: c}); !step.end; {
		if err := s.do(ctx, step); err != nil {
			return err
		}
	}
	return s.do(ctx, &completion{wanted: c})
}

// has tells whether the collection is there with complete indexes. A different index under the same name is an error.
func (c *catalog) has(wanted *rules.Collection) (ready bool, err error) {
	t := c.tables[wanted.Name]
	if t == nil {
		return false, nil
	}
	ready = true
	for _, index := range wanted.Indexes {
		present, ok := t.index(index.Name)
		switch {
		case !ok:
			ready = false
		case !present.Same(index):
			return false, fmt.Errorf("%w: index %q is %s in the store's file, but declared as %s: give the changed index a new name",
				store.ErrInvalid, index.Name, present, index)
		case !present.ready:
			ready = false
		}
	}
	return ready, nil
}

// creation makes the tables and columns that are missing.
type creation struct {
	wanted *rules.Collection
	table  *table // nil if there is none
}

func (w *creation) collection() string     { return w.wanted.Name }
func (w *creation) size() int              { return 0 }
func (w *creation) prepare(t *table) error { w.table = t; return nil }

func (w *creation) run(ctx context.Context, x *tx) error {
	name := w.wanted.Name
	x.schemaChanged = true
	if w.table == nil {
		if err := x.execAll(ctx, createTable(name), "INSERT INTO store_index VALUES ('"+name+"', '', '', 1)" /* a checked name */); err != nil {
			return err
		}
		w.table = &table{name: name}
	}
	var some int
	filled, err := x.row(ctx, "SELECT 1 FROM "+tableName(name)+" LIMIT 1", nil, &some)
	if err != nil {
		return err
	}
	for _, index := range w.wanted.Indexes {
		if present, ok := w.table.index(index.Name); ok {
			if !present.Same(index) {
				return fmt.Errorf("%w: another process has declared index %q as %s", store.ErrInvalid, index.Name, present)
			}
			continue
		}
		if err := w.add(ctx, x, index, !filled); err != nil {
			return err
		}
	}
	return nil
}

func (w *creation) add(ctx context.Context, x *tx, index *rules.Index, ready bool) error {
	definition, err := json.Marshal(index)
	if err != nil {
		return err
	}
	name := w.wanted.Name
	statement := addColumn(name, index)
	if index.Multi {
		statement = createSide(name, index)
	}
	if err := x.execAll(ctx, statement); err != nil {
		return err
	}
	if ready {
		if err := x.execAll(ctx, createIndex(name, index)...); err != nil {
			return err
		}
	}
	_, err = x.exec(ctx, "INSERT INTO store_index VALUES (?, ?, ?, ?)", name, index.Name, string(definition), ready)
	return err
}

// filling puts a number of documents into the indexes that are not ready, and continues when it is run again.
type filling struct {
	wanted *rules.Collection
	table  *table
	after  string
	end    bool
}

const fillStep = 200

func (w *filling) collection() string     { return w.wanted.Name }
func (w *filling) size() int              { return fillStep * writeCost / 4 }
func (w *filling) prepare(t *table) error { w.table = t; return nil }

func (w *filling) run(ctx context.Context, x *tx) error {
	type document struct {
		id   string
		body []byte
	}
	var documents []document
	err := x.rows(ctx, "SELECT id, body FROM "+tableName(w.table.name)+" WHERE id > ? ORDER BY id LIMIT ?", []any{w.after, fillStep},
		func(rows *sql.Rows) error {
			var d document
			err := rows.Scan(&d.id, &d.body)
			documents = append(documents, d)
			return err
		})
	if err != nil {
		return err
	}
	for _, d := range documents {
		if err := w.fill(ctx, x, d.id, d.body); err != nil {
			return fmt.Errorf("document %.80q: %w", d.id, err)
		}
		w.after = d.id
	}
	w.end = len(documents) < fillStep
	return nil
}

func (w *filling) fill(ctx context.Context, x *tx, id string, body []byte) error {
	for _, index := range w.table.indexes {
		if index.ready {
			continue
		}
		keys, err := index.Keys(body)
		if err != nil {
			return err
		}
		switch {
		case index.Multi:
			err = x.writeSide(ctx, w.table, index.Index, id, nil, keys)
		case len(keys) > 0:
			_, err = x.exec(ctx, "UPDATE "+tableName(w.table.name)+" SET "+columnName(index.Name)+" = ? WHERE id = ?", keys[0], id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// completion makes filled indexes ready.
type completion struct {
	wanted *rules.Collection
	table  *table
}

func (w *completion) collection() string     { return w.wanted.Name }
func (w *completion) size() int              { return 0 }
func (w *completion) prepare(t *table) error { w.table = t; return nil }

func (w *completion) run(ctx context.Context, x *tx) error {
	x.schemaChanged = true
	for _, index := range w.wanted.Indexes {
		err := x.execAll(ctx, createIndex(w.wanted.Name, index)...)
		if errors.Is(err, store.ErrTaken) {
			return fmt.Errorf("%w: index %q cannot be unique, there are documents with the same values", store.ErrInvalid, index.Name)
		}
		if err != nil {
			return err
		}
		if _, err := x.exec(ctx, "UPDATE store_index SET ready = 1 WHERE collection = ? AND name = ?", w.wanted.Name, index.Name); err != nil {
			return err
		}
	}
	return nil
}

// execAll runs statements that take no arguments.
func (x *tx) execAll(ctx context.Context, statements ...string) error {
	for _, statement := range statements {
		if _, err := x.exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
