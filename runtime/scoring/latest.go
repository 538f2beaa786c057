package scoring

import (
	"context"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Latest reads the newest submissions to blocks of a type, of all courses, newest first.
func (s *Scorer) Latest(ctx context.Context, blockType string, limit int) ([]store.Doc[Submission], error) {
	docs, _, err := s.submissions.Find(ctx, store.Query{Index: "type", Equal: []any{blockType}, Reverse: true, Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("reading the newest submissions to %s: %w", blockType, err)
	}
	return docs, nil
}
