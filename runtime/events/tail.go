package events

import (
	"context"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Tail gives out every event once, roughly in order, some seconds late. It is for one goroutine.
type Tail struct {
	log *Log
	// start is before everything that may still appear and everything that was not given out yet.
	start Position
	// seen are the events from start on that were given out.
	seen map[string]Position
}

// Tail starts reading at a place: "" for the beginning, At(time.Now()) for what comes, or what [Tail.Safe] returned.
func (l *Log) Tail(from Position) *Tail {
	return &Tail{log: l, start: from, seen: map[string]Position{}}
}

// Safe is the place to start again after a restart: nothing is missed from there, and what was given out during the last
// seconds is given out again. Consumers that must not count twice remember ids.
func (t *Tail) Safe() Position { return t.start }

// Next returns the next events, at most limit (which must be positive), or none when there are no new ones yet. After an
// error nothing was given out.
func (t *Tail) Next(ctx context.Context, limit int) ([]wire.Event, error) {
	if limit < 1 {
		return nil, fmt.Errorf("reading events: %w: a limit of %d", ErrInvalid, limit)
	}
	now := t.log.config.Now()
	horizon := At(now.Add(-t.log.config.Lag))
	if horizon <= t.start {
		return nil, nil
	}
	query := store.Query{Index: "at", From: string(t.start), To: string(horizon), Limit: min(limit, store.MaxPage)}
	var found []store.Doc[eventDoc]
	cut := false
	for !cut {
		docs, next, err := t.log.docs.Find(ctx, query)
		if err != nil {
			return nil, fmt.Errorf("reading events: %w", err)
		}
		for _, doc := range docs {
			if _, known := t.seen[doc.ID]; known {
				continue
			}
			if cut = len(found) == limit; cut {
				break
			}
			found = append(found, doc)
		}
		if query.After = next; next == "" {
			break
		}
	}
	t.settle(found, cut, At(now.Add(-t.log.config.Lag-t.log.config.Overlap)))
	events := make([]wire.Event, len(found))
	for i := range found {
		events[i] = found[i].Body.event(found[i].ID)
	}
	return events, nil
}

// settle notes what was given out. Before settled nothing more can appear, so the next look starts there, or where this one
// was cut.
func (t *Tail) settle(found []store.Doc[eventDoc], cut bool, settled Position) {
	for _, doc := range found {
		t.seen[doc.ID] = Position(doc.Body.At)
	}
	if cut {
		settled = min(settled, Position(found[len(found)-1].Body.At))
	}
	t.start = max(t.start, settled)
	for id, place := range t.seen {
		if place < t.start {
			delete(t.seen, id)
		}
	}
}

func isGone(err error) bool { return errors.Is(err, store.ErrNotFound) }
