package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Backup writes a copy of the database as it is at one moment to path, a file that must not exist, with mode 0600. Others
// read and write meanwhile (the log grows by what they write). The copy is checked before it gets its name, so a file of
// this name is whole; to restore it, stop all processes and put it in the place of the store's file, with no files
// -wal and -shm beside it.
func (s *Store) Backup(ctx context.Context, path string) error {
	if err := s.gate.Enter(); err != nil {
		return fmt.Errorf("backing up the store: %w", err)
	}
	defer s.gate.Leave()
	if err := s.backup(ctx, path); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		} else if known := cause(err); known != nil {
			err = fmt.Errorf("%w (%w)", known, err)
		}
		return fmt.Errorf("backing up the store to %q: %w", path, err)
	}
	return nil
}

func (s *Store) backup(ctx context.Context, path string) (err error) {
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fs.ErrExist, err)
	}
	// VACUUM INTO takes an existing file if it is empty; made here, no one else may read it.
	part, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name())
	if err := part.Close(); err != nil {
		return err
	}
	if _, err := s.upkeep.ExecContext(ctx, "VACUUM INTO ?", part.Name()); err != nil {
		return err
	}
	if err := verify(ctx, part.Name()); err != nil {
		return fmt.Errorf("checking the copy: %w", err)
	}
	if err := syncFile(part.Name()); err != nil {
		return err
	}
	// A link, unlike a renaming, takes no file away that was put there meanwhile.
	if err := os.Link(part.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// verify reads a whole database file and checks its structure and its indexes.
func verify(ctx context.Context, path string) (err error) {
	pool, err := openReadOnly(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	rows, err := pool.QueryContext(ctx, "PRAGMA integrity_check(10)")
	if err != nil {
		return err
	}
	defer rows.Close()
	var problems []string
	for rows.Next() {
		var problem string
		if err := rows.Scan(&problem); err != nil {
			return err
		}
		problems = append(problems, problem)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if len(problems) != 1 || problems[0] != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, strings.Join(problems, "; "))
	}
	return nil
}

// openReadOnly opens a finished copy. Nothing writes it, so SQLite needs no locks and makes no files beside it.
func openReadOnly(path string) (*sql.DB, error) {
	return openDSN(path, 1, map[string][]string{"mode": {"ro"}, "immutable": {"1"}})
}

func syncFile(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
