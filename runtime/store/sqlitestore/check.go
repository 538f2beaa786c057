package sqlitestore

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Check reads the whole database and looks for damage (ErrDamaged) while others go on working; deep compares indexes with
// what they index too, which takes several times as long.
func (s *Store) Check(ctx context.Context, deep bool) error {
	if err := s.gate.Enter(); err != nil {
		return fmt.Errorf("checking the store: %w", err)
	}
	defer s.gate.Leave()
	pragma := "PRAGMA quick_check(10)"
	if deep {
		pragma = "PRAGMA integrity_check(10)"
	}
	if err := s.check(ctx, pragma); err != nil {
		if known := cause(err); known != nil {
			err = fmt.Errorf("%w (%w)", known, err)
		}
		return fmt.Errorf("checking the store: %w", err)
	}
	return nil
}

func (s *Store) check(ctx context.Context, pragma string) (err error) {
	rows, err := s.upkeep.QueryContext(ctx, pragma)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var problems []string
	for rows.Next() {
		var problem string
		if err := rows.Scan(&problem); err != nil {
			return err
		}
		if problem != "ok" {
			problems = append(problems, problem)
		}
	}
	if len(problems) > 0 {
		return fmt.Errorf("%w: %s", ErrDamaged, strings.Join(problems, "; "))
	}
	return rows.Err()
}
