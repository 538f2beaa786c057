package scoring

import (
	"context"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Backlog counts a run's submissions that have no verdict yet, each up to the limit that was asked for.
type Backlog struct {
	// Waiting are with the workers, Pending with somebody or something else, Failed were given up.
	Waiting, Pending, Failed int
}

// Backlog tells how many of a run's submissions wait, each kind up to limit.
func (s *Scorer) Backlog(ctx context.Context, run string, limit int) (Backlog, error) {
	var backlog Backlog
	for state, count := range map[State]*int{StateWaiting: &backlog.Waiting, StateLeased: &backlog.Waiting, StatePending: &backlog.Pending, StateFailed: &backlog.Failed} {
		n, err := s.deliveries.Count(ctx, store.Query{Index: "state", Equal: []any{run, string(state)}}, limit)
		if err != nil {
			return Backlog{}, fmt.Errorf("counting what waits for a grade: %w", err)
		}
		*count += n
	}
	return backlog, nil
}
