package scoring

import (
	"context"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// mostAnswered is how far learners are counted.
const mostAnswered = 100_000

// Answered counts the learners who have a score at a block.
func (s *Scorer) Answered(ctx context.Context, usage key.Usage) (int, error) {
	count, err := s.scores.Count(ctx, store.Query{Index: "usage", Equal: []any{usage.String()}}, mostAnswered)
	if err != nil {
		return 0, fmt.Errorf("counting who answered %s: %w", usage, err)
	}
	return count, nil
}
