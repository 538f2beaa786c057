package events

import (
	"context"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Query selects events by the time of their writing. Run and Actor exclude each other; both "" is every event.
type Query struct {
	Run   string
	Actor string
	// From (inclusive) and To (exclusive) bound the time; zero is open.
	From, To time.Time
	// Newest starts at the end.
	Newest bool
	// Limit is the page size; 0 is 100.
	Limit int
	// After continues behind an earlier page of the same query.
	After store.Cursor
}

func (q *Query) store() (store.Query, error) {
	query := store.Query{Index: "at", Reverse: q.Newest, Limit: q.Limit, After: q.After}
	switch {
	case q.Run != "" && q.Actor != "":
		return query, fmt.Errorf("%w: a query names a run or an actor", ErrInvalid)
	case q.Run != "":
		query.Index, query.Equal = "run", []any{q.Run}
	case q.Actor != "":
		query.Index, query.Equal = "actor", []any{q.Actor}
	}
	if !q.From.IsZero() {
		query.From = string(At(q.From))
	}
	if !q.To.IsZero() {
		query.To = string(At(q.To))
	}
	return query, nil
}

// Find returns one page of events and where the next starts, "" at the end. It shows what is written, to this moment; who
// wants each event once as time goes on uses a [Tail].
func (l *Log) Find(ctx context.Context, q Query) ([]wire.Event, store.Cursor, error) {
	query, err := q.store()
	if err != nil {
		return nil, "", fmt.Errorf("reading events: %w", err)
	}
	docs, next, err := l.docs.Find(ctx, query)
	if err != nil {
		return nil, "", fmt.Errorf("reading events: %w", err)
	}
	events := make([]wire.Event, len(docs))
	for i := range docs {
		events[i] = docs[i].Body.event(docs[i].ID)
	}
	return events, next, nil
}

// Erase deletes every event of an actor and returns how many there were.
func (l *Log) Erase(ctx context.Context, actor string) (int, error) {
	n, err := l.remove(ctx, store.Query{Index: "learners", Equal: []any{actor}, Limit: 1000}, nil)
	if err != nil {
		return n, fmt.Errorf("erasing events: %w", err)
	}
	return n, nil
}

// Trim deletes the events that were written before an instant, but for those that keep wants (nil wants none), and returns
// how many. It walks what is older each time, so keep should be rare.
func (l *Log) Trim(ctx context.Context, before time.Time, keep func(wire.Event) bool) (int, error) {
	n, err := l.remove(ctx, store.Query{Index: "at", To: string(At(before)), Limit: 1000}, keep)
	if err != nil {
		return n, fmt.Errorf("trimming events: %w", err)
	}
	return n, nil
}

func (l *Log) remove(ctx context.Context, query store.Query, keep func(wire.Event) bool) (int, error) {
	removed := 0
	err := l.docs.Each(ctx, query, func(doc store.Doc[eventDoc]) error {
		if keep != nil && keep(doc.Body.event(doc.ID)) {
			return nil
		}
		err := l.docs.Delete(ctx, doc.ID, 0)
		switch {
		case err == nil:
			removed++
		case isGone(err):
			err = nil
		}
		return err
	})
	return removed, err
}
