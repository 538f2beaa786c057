package course

import (
	"context"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Holds tells which of some hashes courses refer to: their files and the archives that they were imported from. It is what
// package files asks before it collects.
func (c *Courses) Holds(ctx context.Context, hashes []string) (map[string]bool, error) {
	held := map[string]bool{}
	for _, hash := range hashes {
		count, err := c.assets.Count(ctx, store.Query{Index: "hash", Equal: []any{hash}}, 1)
		if err == nil && count == 0 {
			count, err = c.imports.Count(ctx, store.Query{Index: "archive", Equal: []any{hash}}, 1)
		}
		if err != nil {
			return nil, fmt.Errorf("looking for who holds a file: %w", err)
		}
		if count > 0 {
			held[hash] = true
		}
	}
	return held, nil
}
