package authoring

import (
	"context"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Deed is an operation that its author may take back, or do again: undoing Op does. Of is what was done at first.
type Deed struct {
	Op string
	Of Entry
}

// How far back an author's own operations are offered: nobody expects a key to take back what was done last week.
const (
	deedsFor  = 24 * time.Hour
	deedsScan = 200
)

// Deeds lists what an author has done to a block and all in it (see [Authoring.History]) and can take back, and what was taken
// back since and can be done again; of both the newest first.
func (a *Authoring) Deeds(ctx context.Context, who Author, run key.Course, of key.Usage, limit int) (done, taken []Deed, err error) {
	entries, _, err := a.History(ctx, run, of, store.Cursor(""), deedsScan)
	if err != nil {
		return nil, nil, err
	}
	known := make(map[string]*Entry, len(entries))
	for i := range entries {
		known[entries[i].Op] = &entries[i]
	}
	since, fresh := a.now().Add(-deedsFor), false
	for i := range entries {
		e := &entries[i]
		if e.By != who.ID || e.UndoneBy != "" || !mayBeUndone(e.Kind) || e.At.Before(since) {
			continue
		}
		first, turns := e, 0
		for first.Kind == KindUndo {
			if first = known[first.Undoes]; first == nil {
				break
			}
			turns++
		}
		switch {
		case first == nil: // it is too long ago
		case turns%2 == 0:
			fresh = fresh || turns == 0
			if len(done) < limit {
				done = append(done, Deed{e.Op, *first})
			}
		case !fresh && len(taken) < limit: // what was done since would be mixed up with it
			taken = append(taken, Deed{e.Op, *first})
		}
	}
	return done, taken, nil
}

// mayBeUndone reports whether operations of a kind are taken back by a key. What holds at once, and what other pages take back, is not.
func mayBeUndone(kind string) bool {
	return !slices.Contains([]string{KindConflict, KindPublish, KindCreate, KindSettings, KindImport, KindUnimport}, kind)
}

// Entry gives one line of a course's history.
func (a *Authoring) Entry(ctx context.Context, run key.Course, op string) (Entry, error) {
	doc, err := a.entry(ctx, run, op)
	if err != nil {
		return Entry{}, err
	}
	entries := []Entry{doc.Body}
	return entries[0], a.keepLatest(ctx, entries)
}
