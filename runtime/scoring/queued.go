package scoring

import (
	"context"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Queued is how the whole site's submissions wait for a verdict.
type Queued struct {
	// Waiting are with the workers, or would be if there were some. Oldest is when the one was handed in that is due
	// longest, zero when none waits.
	Waiting int
	Oldest  time.Time
}

// Queued tells what waits for workers on the whole site, counted up to limit.
func (s *Scorer) Queued(ctx context.Context, limit int) (Queued, error) {
	// Whatever somebody must look at is within a lease or a retry of now; what needs nobody has no time.
	soon := store.Query{Index: "due", To: s.config.Now().Add(24 * time.Hour), Limit: 1}
	docs, _, err := s.deliveries.Find(ctx, soon)
	if err != nil {
		return Queued{}, fmt.Errorf("looking for what waits for a grade: %w", err)
	}
	if len(docs) == 0 {
		return Queued{}, nil
	}
	soon.Limit = 0
	n, err := s.deliveries.Count(ctx, soon, limit)
	if err != nil {
		return Queued{}, fmt.Errorf("counting what waits for a grade: %w", err)
	}
	return Queued{Waiting: n, Oldest: docs[0].Body.At}, nil
}

// GivenUp counts a run's submissions that no worker tries any more, up to limit.
func (s *Scorer) GivenUp(ctx context.Context, run string, limit int) (int, error) {
	n, err := s.deliveries.Count(ctx, store.Query{Index: "state", Equal: []any{run, string(StateFailed)}}, limit)
	if err != nil {
		return 0, fmt.Errorf("counting what was given up: %w", err)
	}
	return n, nil
}
