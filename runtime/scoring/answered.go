package scoring

import (
	"context"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// mostAnswered is how far learners are counted.
const mostAnswered = 100_000

// Answered counts the learners who have a score at one block of some, each once.
func (s *Scorer) Answered(ctx context.Context, usages ...key.Usage) (int, error) {
	if len(usages) == 1 { // the store counts faster
		count, err := s.scores.Count(ctx, scoresAt(usages[0]), mostAnswered)
		if err != nil {
			return 0, fmt.Errorf("counting who answered %s: %w", usages[0], err)
		}
		return count, nil
	}
	learners := map[string]bool{}
	for _, usage := range usages {
		query := scoresAt(usage)
		query.Limit = 1000
		for len(learners) < mostAnswered {
			page, next, err := s.scores.Find(ctx, query)
			if err != nil {
				return 0, fmt.Errorf("counting who answered %s: %w", usage, err)
			}
			for _, doc := range page {
				learners[doc.Body.Learner] = true
			}
			if query.After = next; next == "" {
				break
			}
		}
	}
	return len(learners), nil
}

func scoresAt(usage key.Usage) store.Query {
	return store.Query{Index: "usage", Equal: []any{usage.String()}}
}

// AnsweredBy gives the learners who have a score at a block, one page at a time.
func (s *Scorer) AnsweredBy(ctx context.Context, usage key.Usage, after store.Cursor, limit int) ([]string, store.Cursor, error) {
	query := scoresAt(usage)
	query.Limit, query.After = limit, after
	docs, next, err := s.scores.Find(ctx, query)
	if err != nil {
		return nil, "", fmt.Errorf("listing who answered %s: %w", usage, err)
	}
	learners := make([]string, len(docs))
	for i := range docs {
		learners[i] = docs[i].Body.Learner
	}
	return learners, next, nil
}
