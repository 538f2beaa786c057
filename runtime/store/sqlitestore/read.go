package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/runtime/store/internal/rules"
)

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, collection, id string) (store.Record, error) {
	record, err := s.get(ctx, collection, id)
	if err != nil {
		return store.Record{}, rules.Failed("getting", collection, id, err)
	}
	return record, nil
}

func (s *Store) get(ctx context.Context, collection, id string) (store.Record, error) {
	if _, err := s.enter(collection); err != nil {
		return store.Record{}, err
	}
	defer s.gate.Leave()
	if !rules.ValidID(id) {
		return store.Record{}, store.ErrNotFound
	}
	record := store.Record{ID: id}
	// Too short to be interrupted, which costs a goroutine and, when it comes to it, the connection.
	err := s.read(ctx, "SELECT v, body FROM "+tableName(collection)+" WHERE id = ?", func(stmt *sql.Stmt) error {
		return stmt.QueryRowContext(context.WithoutCancel(ctx), id).Scan(&record.Version, &record.Body)
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrNotFound
	}
	return record, err
}

// read runs a query when there is a connection for it.
func (s *Store) read(ctx context.Context, query string, run func(*sql.Stmt) error) error {
	select {
	case s.reading <- struct{}{}:
		defer func() { <-s.reading }()
	case <-ctx.Done():
		return ctx.Err()
	}
	err := ctx.Err()
	if err == nil {
		err = s.queries.with(ctx, query, run)
	}
	switch {
	case err == nil || errors.Is(err, sql.ErrNoRows):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return unavailable(err)
}

// GetMany implements store.Store.
func (s *Store) GetMany(ctx context.Context, collection string, ids []string) ([]store.Record, error) {
	records, err := s.getMany(ctx, collection, ids)
	if err != nil {
		return nil, rules.Failed("getting many of", collection, "", err)
	}
	return records, nil
}

func (s *Store) getMany(ctx context.Context, collection string, ids []string) ([]store.Record, error) {
	if _, err := s.enter(collection); err != nil {
		return nil, err
	}
	defer s.gate.Leave()
	wanted := rules.DistinctIDs(ids)
	found := make(map[string]store.Record, len(wanted))
	for rest := wanted; len(rest) > 0; {
		n := min(len(rest), idListSizes[len(idListSizes)-1])
		if err := s.getSome(ctx, collection, rest[:n], found); err != nil {
			return nil, err
		}
		rest = rest[n:]
	}
	records := make([]store.Record, 0, len(found))
	for _, id := range wanted {
		if record, ok := found[id]; ok {
			records = append(records, record)
		}
	}
	return records, nil
}

// idListSizes are the lengths of lists that are asked for, so that few statements need to be prepared.
var idListSizes = []int{4, 16, 64, 256}

func (s *Store) getSome(ctx context.Context, collection string, ids []string, found map[string]store.Record) error {
	size := 0
	for _, size = range idListSizes {
		if size >= len(ids) {
			break
		}
	}
	args := make([]any, size)
	for i := range args {
		args[i] = ids[min(i, len(ids)-1)]
	}
	query := "SELECT id, v, body FROM " + tableName(collection) + " WHERE id IN (?" + strings.Repeat(", ?", size-1) + ")"
	return s.read(ctx, query, func(stmt *sql.Stmt) error {
		rows, err := stmt.QueryContext(ctx, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var record store.Record
			if err := rows.Scan(&record.ID, &record.Version, &record.Body); err != nil {
				return err
			}
			found[record.ID] = record
		}
		return rows.Err()
	})
}
