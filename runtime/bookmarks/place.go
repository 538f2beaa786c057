package bookmarks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Place is the unit that a learner opened last in a course run.
type Place struct {
	// Learner is the pseudonym in the run, so it names the run as well.
	Learner string    `bson:"learner"`
	Usage   string    `bson:"usage"`
	At      time.Time `bson:"at"`
}

// PlaceSpec is the collection of places, by learner.
func PlaceSpec() store.Spec { return store.Spec{Name: "places", Learners: "learner"} }

// Here notes which unit a learner opened. Where two tabs open units at once, one of them counts.
func (b *Bookmarks) Here(ctx context.Context, learner string, unit key.Usage, at time.Time) error {
	place := Place{Learner: learner, Usage: unit.String(), At: at.UTC().Truncate(time.Millisecond)}
	doc, err := b.places.Get(ctx, learner)
	switch {
	case errors.Is(err, store.ErrNotFound):
		err = b.places.Insert(ctx, learner, place)
	case err == nil && doc.Body.Usage == place.Usage:
		return nil // it was opened again, and nothing is to be written
	case err == nil:
		doc.Body = place
		_, err = b.places.Replace(ctx, doc)
	}
	if err != nil && !errors.Is(err, store.ErrExists) && !errors.Is(err, store.ErrConflict) {
		return fmt.Errorf("noting a learner's place: %w", err)
	}
	return nil
}

// Last gives the unit that a learner opened last; ok is false when there is none.
func (b *Bookmarks) Last(ctx context.Context, learner string) (unit key.Usage, ok bool, err error) {
	doc, err := b.places.Get(ctx, learner)
	if errors.Is(err, store.ErrNotFound) {
		return key.Usage{}, false, nil
	}
	if err == nil {
		unit, err = key.ParseUsage(doc.Body.Usage)
	}
	if err != nil {
		return key.Usage{}, false, fmt.Errorf("looking a learner's place up: %w", err)
	}
	return unit, true, nil
}
