// Package presence says who looks at what just now, so that people who work on one thing see each other. What it knows is a
// minute old at most, and nobody's work hangs on it.
package presence

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Seen is one person at one place.
type Seen struct {
	Place string `bson:"place"`
	// Person is a user id, At when the person was last there, Detail what the person does there.
	Person string    `bson:"person"`
	Detail string    `bson:"detail,omitempty"`
	At     time.Time `bson:"at"`
}

const (
	// gone is after how long without a sign a person is not there any more, fresh how old a sign may be to need no new one.
	gone  = 20 * time.Second
	fresh = 5 * time.Second
	// swept is how old a sign is taken away at.
	swept = time.Hour
	most  = 100
)

// Spec is the collection of signs, by place.
func Spec() store.Spec {
	return store.Spec{Name: "presence", Indexes: []store.Index{{Name: "place", Fields: []string{"place", "at"}}}}
}

// Presence keeps the signs of a site. Safe for concurrent use.
type Presence struct{ signs store.Collection[Seen] }

// New gives access to the signs in s, whose collection must have been ensured.
func New(s store.Store) *Presence { return &Presence{store.Of[Seen](s, Spec())} }

// Here notes that a person is at a place and gives who else is, by person. Two signs of one person at once are one.
func (p *Presence) Here(ctx context.Context, place, person, detail string, now time.Time) ([]Seen, error) {
	now = now.UTC().Truncate(time.Millisecond)
	_, err := p.signs.Update(ctx, store.ID(place, person), func(s *Seen) (bool, error) {
		if s.Detail == detail && now.Sub(s.At) < fresh {
			return false, nil
		}
		*s = Seen{Place: place, Person: person, Detail: detail, At: now}
		return true, nil
	})
	if err != nil {
		return nil, fmt.Errorf("noting who is here: %w", err)
	}
	docs, _, err := p.signs.Find(ctx, store.Query{Index: "place", Equal: []any{place}, Reverse: true, Limit: most})
	if err != nil {
		return nil, fmt.Errorf("asking who is here: %w", err)
	}
	var others []Seen
	for _, doc := range docs {
		switch age := now.Sub(doc.Body.At); {
		case age > swept:
			if err := p.signs.Delete(ctx, doc.ID, doc.Version); err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrConflict) {
				return nil, fmt.Errorf("forgetting who was here: %w", err)
			}
		case age <= gone && doc.Body.Person != person:
			others = append(others, doc.Body)
		}
	}
	slices.SortFunc(others, func(a, b Seen) int { return strings.Compare(a.Person, b.Person) })
	return others, nil
}
