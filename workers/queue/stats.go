package queue

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/quoin-lms/quoin/runtime/ports"
)

// Stats is how things stand.
type Stats struct {
	Interactive, Background LaneStats
	Bus                     BusStats
}

// LaneStats is how a lane stands. Sizes are the site's, all else is this process's since Open.
type LaneStats struct {
	// Waiting jobs are held back until their course's turn, Delayed ones until their time; HandedOver ones run or are next.
	Waiting, Delayed, HandedOver int
	// Slots of all live workers.
	Slots int

	// Running handlers.
	Running int
	// Enqueued jobs were accepted here, Refused ones met ErrFull.
	Enqueued, Refused uint64
	// What became of runs: Done; Dropped after an error; Retried by RetryAfter; Archived.
	Done, Dropped, Retried, Archived uint64
	// Wait is from Enqueue, or from the job's time, to its handler; Run is how long handlers take.
	Wait, Run Histogram
}

// BusStats counts messages of this process.
type BusStats struct {
	Subscribers int
	// Received from Redis; Ignored for being malformed; Dropped because a subscriber was slow.
	Received, Ignored, Dropped uint64
	Reconnects                 uint64
}

type counters struct {
	enqueued, refused                atomic.Uint64
	done, dropped, retried, archived atomic.Uint64
	running                          atomic.Int64
	wait, run                        histogram
}

// Stats returns a snapshot. Without Redis the sizes are 0, and the error wraps ports.ErrUnavailable.
func (q *Queue) Stats(ctx context.Context) (Stats, error) {
	var errs []error
	stats := func(name ports.Lane) LaneStats {
		l := q.lanes[name]
		var s sizes
		err := q.call(ctx, func(ctx context.Context) (err error) {
			s, err = l.room.sizes(ctx)
			return err
		})
		if err != nil {
			errs = append(errs, fmt.Errorf("queue statistics: %w", err))
		}
		c := &l.counters
		return LaneStats{
			Waiting: s.waiting, Delayed: s.delayed, HandedOver: s.held, Slots: s.slots,
			Running:  int(c.running.Load()),
			Enqueued: c.enqueued.Load(), Refused: c.refused.Load(),
			Done: c.done.Load(), Dropped: c.dropped.Load(), Retried: c.retried.Load(), Archived: c.archived.Load(),
			Wait: c.wait.snapshot(), Run: c.run.snapshot(),
		}
	}
	s := Stats{
		Interactive: stats(ports.LaneInteractive),
		Background:  stats(ports.LaneBackground),
		Bus: BusStats{
			Subscribers: int(q.hub.subscribers.Load()),
			Received:    q.bus.received.Load(), Ignored: q.bus.broken.Load(), Dropped: q.hub.dropped.Load(),
			Reconnects: q.bus.reconnects.Load(),
		},
	}
	return s, errors.Join(errs...)
}
