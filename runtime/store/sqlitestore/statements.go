package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// statements keeps the prepared forms of queries. There are as many as collections and indexes make, and no more.
type statements struct {
	pool    *sql.DB
	mutex   sync.RWMutex
	byQuery map[string]*sql.Stmt
}

// with calls use with the prepared form of a query.
func (s *statements) with(ctx context.Context, query string, use func(*sql.Stmt) error) error {
	s.mutex.RLock()
	stmt := s.byQuery[query]
	s.mutex.RUnlock()
	if stmt == nil {
		var err error
		if stmt, err = s.prepare(ctx, query); err != nil {
			return err
		}
	}
	return use(stmt)
}

func (s *statements) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if stmt := s.byQuery[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := s.pool.PrepareContext(ctx, query) //nolint:sqlclosecheck // kept, and closed by close
	if err == nil {
		s.byQuery[query] = stmt
	}
	return stmt, err
}

func (s *statements) close() (err error) {
	for _, stmt := range s.byQuery {
		err = errors.Join(err, stmt.Close())
	}
	return err
}
