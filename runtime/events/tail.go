package events

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Tail gives out every event once, roughly in order, some seconds late. It is for one goroutine.
type Tail struct {
	log *Log
	// run narrows the reading to a run's events, want to those that it says yes to; "" and nil take all.
	run  string
	want func(Position, *wire.Event) bool
	// behind says that the last look ended before the horizon.
	behind bool
	// start is before everything that may still appear and everything that was not given out yet.
	start Position
	// seen are the events from start on that were given out.
	seen map[string]Position
}

// Tail starts reading at a place: "" for the beginning, At(time.Now()) for what comes, or what [Tail.Safe] returned.
func (l *Log) Tail(from Position) *Tail {
	return &Tail{log: l, start: from, seen: map[string]Position{}}
}

// Selection is what a narrowed Tail reads: the events of a run ("" for all), and of those the ones that Want says yes to (nil for
// all).
type Selection struct {
	Run  string
	Want func(Position, *wire.Event) bool
}

// Resume starts reading a selection where another Tail of the same selection stopped: at its [Tail.Safe], knowing what it had
// [Tail.Seen]. So a reader that keeps both gets each event once, however often it starts anew.
func (l *Log) Resume(selection Selection, from Position, seen map[string]Position) *Tail {
	t := &Tail{log: l, run: selection.Run, want: selection.Want, start: from, seen: map[string]Position{}}
	maps.Copy(t.seen, seen)
	return t
}

// Seen are the events from Safe on that were given out, by id, with their places. The map is a copy.
func (t *Tail) Seen() map[string]Position { return maps.Clone(t.seen) }

// Behind reports whether the last Next left something unread.
func (t *Tail) Behind() bool { return t.behind }

// Horizon is up to where a Tail reads now.
func (l *Log) Horizon() Position { return At(l.config.Now().Add(-l.config.Lag)) }

// Lookup reads events by their ids, in the order of the log. Those that are gone are left out.
func (l *Log) Lookup(ctx context.Context, ids []string) ([]wire.Event, error) {
	found, err := l.docs.GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("reading events: %w", err)
	}
	docs := slices.SortedFunc(maps.Values(found), func(a, b store.Doc[eventDoc]) int { return cmp.Compare(a.Body.At, b.Body.At) })
	events := make([]wire.Event, len(docs))
	for i := range docs {
		events[i] = docs[i].Body.event(docs[i].ID)
	}
	return events, nil
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
	if t.run != "" {
		query.Index, query.Equal = "run", []any{t.run}
	}
	if t.want != nil {
		query.Limit = scanPage
	}
	var found []store.Doc[eventDoc]
	cut, last := false, Position("")
	for pages := 0; !cut; pages++ {
		if pages == scanPages { // the rest is for the next time
			cut = true
			break
		}
		docs, next, err := t.log.docs.Find(ctx, query)
		if err != nil {
			return nil, fmt.Errorf("reading events: %w", err)
		}
		for _, doc := range docs {
			if _, known := t.seen[doc.ID]; known || !t.wants(&doc) {
				last = Position(doc.Body.At)
				continue
			}
			if cut = len(found) == limit; cut {
				break
			}
			found, last = append(found, doc), Position(doc.Body.At)
		}
		if query.After = next; next == "" {
			break
		}
	}
	if t.behind = cut; cut { // what lies behind the last one that was looked at was not
		t.settle(found, min(last, At(now.Add(-t.log.config.Lag-t.log.config.Overlap))))
	} else {
		t.settle(found, At(now.Add(-t.log.config.Lag-t.log.config.Overlap)))
	}
	events := make([]wire.Event, len(found))
	for i := range found {
		events[i] = found[i].Body.event(found[i].ID)
	}
	return events, nil
}

func (t *Tail) wants(doc *store.Doc[eventDoc]) bool {
	if t.want == nil {
		return true
	}
	event := doc.Body.event(doc.ID)
	return t.want(Position(doc.Body.At), &event)
}

// A look at a selection reads this many pages of events at most, wanted or not.
const scanPage, scanPages = 500, 20

// settle notes what was given out. Before settled nothing more can appear, so the next look starts there, or where this one
// was cut.
func (t *Tail) settle(found []store.Doc[eventDoc], settled Position) {
	for _, doc := range found {
		t.seen[doc.ID] = Position(doc.Body.At)
	}
	t.start = max(t.start, settled)
	for id, place := range t.seen {
		if place < t.start {
			delete(t.seen, id)
		}
	}
}

func isGone(err error) bool { return errors.Is(err, store.ErrNotFound) }
