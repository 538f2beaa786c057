// Package bookmarks keeps the places of a course that a learner marked for himself, and the one that he opened last. They are filed under his pseudonym in the
// run, so export and erasure of a person find them.
package bookmarks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Bookmark is one marked unit.
type Bookmark struct {
	// Learner is the pseudonym in the run, so it names the run as well.
	Learner string `bson:"learner"`
	// Usage is the unit's key.
	Usage string    `bson:"usage"`
	At    time.Time `bson:"at"`
}

// Spec is the collection, by (learner, usage).
func Spec() store.Spec {
	return store.Spec{Name: "bookmarks", Learners: "learner", Indexes: []store.Index{{Name: "mine", Fields: []string{"learner", "at"}}}}
}

// Most is how many bookmarks a learner may have in a course run.
const Most = 200

// ErrFull says that there are as many bookmarks as there may be.
var ErrFull = errors.New("there are as many bookmarks as there may be")

// Bookmarks gives access to the bookmarks of a store, whose collections (see [Spec], [PlaceSpec]) must have been ensured. Safe for
// concurrent use.
type Bookmarks struct {
	marks  store.Collection[Bookmark]
	places store.Collection[Place]
}

// New gives access to the bookmarks in s.
func New(s store.Store) *Bookmarks {
	return &Bookmarks{store.Of[Bookmark](s, Spec()), store.Of[Place](s, PlaceSpec())}
}

// Add marks a unit; one that is marked stays as it is. ErrFull when there are [Most] (a few more if many are added at once).
func (b *Bookmarks) Add(ctx context.Context, learner string, unit key.Usage, at time.Time) error {
	count, err := b.marks.Count(ctx, store.Query{Index: "mine", Equal: []any{learner}}, Most)
	if err != nil {
		return fmt.Errorf("counting bookmarks: %w", err)
	}
	if count >= Most {
		marked, err := b.Which(ctx, learner, []key.Usage{unit})
		if err != nil || marked[unit] {
			return err
		}
		return ErrFull
	}
	err = b.marks.Insert(ctx, id(learner, unit), Bookmark{Learner: learner, Usage: unit.String(), At: at.UTC().Truncate(time.Millisecond)})
	if err != nil && !errors.Is(err, store.ErrExists) {
		return fmt.Errorf("adding a bookmark: %w", err)
	}
	return nil
}

// Remove takes a mark away and gives what it was, for who wants it back; nil when there was none.
func (b *Bookmarks) Remove(ctx context.Context, learner string, unit key.Usage) (*Bookmark, error) {
	doc, err := b.marks.Get(ctx, id(learner, unit))
	if err == nil {
		err = b.marks.Delete(ctx, doc.ID, 0)
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("removing a bookmark: %w", err)
	}
	return &doc.Body, nil
}

// Of lists a learner's bookmarks, the newest first.
func (b *Bookmarks) Of(ctx context.Context, learner string) ([]Bookmark, error) {
	docs, _, err := b.marks.Find(ctx, store.Query{Index: "mine", Equal: []any{learner}, Reverse: true, Limit: 2 * Most})
	if err != nil {
		return nil, fmt.Errorf("listing bookmarks: %w", err)
	}
	list := make([]Bookmark, len(docs))
	for i := range docs {
		list[i] = docs[i].Body
	}
	return list, nil
}

// Which tells which of some units are marked.
func (b *Bookmarks) Which(ctx context.Context, learner string, units []key.Usage) (map[key.Usage]bool, error) {
	ids := make([]string, len(units))
	for i, unit := range units {
		ids[i] = id(learner, unit)
	}
	docs, err := b.marks.GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("looking bookmarks up: %w", err)
	}
	marked := make(map[key.Usage]bool, len(docs))
	for i, unit := range units {
		if _, there := docs[ids[i]]; there {
			marked[unit] = true
		}
	}
	return marked, nil
}

func id(learner string, unit key.Usage) string { return store.ID(learner, unit.String()) }
