package main

import (
	"context"

	"github.com/quoin-lms/quoin/host/command"
	"github.com/quoin-lms/quoin/host/operator"
	"github.com/quoin-lms/quoin/workers/queue"
)

var _ command.Operated = (*background)(nil)

// Lanes implements command.Operated.
func (b *background) Lanes(ctx context.Context) ([]operator.Lane, error) {
	stats, err := b.Stats(ctx)
	lane := func(name string, l queue.LaneStats) operator.Lane {
		return operator.Lane{
			Name: name, Waiting: l.Waiting, Delayed: l.Delayed, HandedOver: l.HandedOver, Slots: l.Slots, Running: l.Running,
			Done: l.Done, Dropped: l.Dropped, Archived: l.Archived,
			Wait50: operator.Quantile(0.5, l.Wait.Counts[:], l.Wait.Bound), Wait99: operator.Quantile(0.99, l.Wait.Counts[:], l.Wait.Bound),
		}
	}
	return []operator.Lane{lane("interactive", stats.Interactive), lane("background", stats.Background)}, err
}

// Chores implements command.Operated. Before Work there are none.
func (b *background) Chores() []operator.Chore {
	if b.workers == nil {
		return nil
	}
	var out []operator.Chore
	for _, c := range b.workers.Chores() {
		out = append(out, operator.Chore(c))
	}
	return out
}
