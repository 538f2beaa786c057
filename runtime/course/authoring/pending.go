package authoring

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Pending is what publishing a part of the course would change.
type Pending struct {
	// Changes are in the order of the course.
	Changes []Change
	// State names exactly this: it is another text once any of it is another content or stands elsewhere. [Authoring.PublishSeen]
	// publishes no other.
	State string
}

// OtherState says that a part is not any more in the state in which it was to be published. It is an [ErrStale].
type OtherState struct{ Usage key.Usage }

// Error implements error.
func (o *OtherState) Error() string { return o.Usage.String() + ": " + ErrStale.Error() }

// Unwrap makes it an ErrStale.
func (o *OtherState) Unwrap() error { return ErrStale }

// stateOf names what is not published of a part: its changed contents and where they stand, what is taken out of it, and what is
// new above it, which comes with it.
func (w *copyOf) stateOf(top *place) string {
	sum := sha256.New()
	write := func(texts ...string) {
		for _, text := range texts {
			fmt.Fprintf(sum, "%d:%s", len(text), text)
		}
	}
	for at := top.parent; at != nil && at.block == nil && at.draft != nil; at = at.parent {
		alone := at.draft.Body.Revision
		alone.Children = nil
		write("above", at.usage.String(), alone.Hash())
	}
	top.walk(func(p *place) {
		if kind := p.change(); kind != "" {
			var parent, was, is string
			if p.parent != nil {
				parent = p.parent.usage.String()
			}
			if p.block != nil && w.revisions[p.block.Hash] != nil {
				was = w.revisions[p.block.Hash].Apart().Hash()
			}
			if p.draft != nil {
				is = p.draft.Body.Revision.Hash()
			}
			write(kind, p.usage.String(), parent, was, is)
		}
		for _, removed := range w.removedFrom(p) {
			write(removed.Kind, removed.Usage.String(), p.usage.String())
		}
	})
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// expect refuses parts that are in another state than is expected of them.
func (w *copyOf) expect(states map[key.Usage]string) error {
	for usage, state := range states {
		p, err := w.find(usage)
		if err != nil {
			return err
		}
		if w.stateOf(p) != state {
			return &OtherState{usage}
		}
	}
	return nil
}

// errEnough ends a walk through the history.
var errEnough = errors.New("enough")

// Workers names everybody whose work some changes of a part are: who has changed one of the blocks since it was published last.
func (a *Authoring) Workers(ctx context.Context, run key.Course, within key.Usage, changes []Change) ([]string, error) {
	var workers []string
	add := func(user string) {
		if user != "" && !slices.Contains(workers, user) {
			workers = append(workers, user)
		}
	}
	waiting := map[string][]string{}
	for i := range changes {
		add(changes[i].By)
		if stands := changes[i].stands; len(stands) > 0 {
			waiting[stands[0]] = stands
		}
	}
	query := store.Query{Index: "course", Equal: []any{run.String()}, Reverse: true, Limit: 200}
	if !within.IsZero() && within != run.Usage("course", course.RootID) {
		query.Index, query.Equal = "places", []any{within.String()}
	}
	err := a.edits.Each(ctx, query, func(doc store.Doc[Entry]) error {
		e := &doc.Body
		if e.Kind != KindPublish {
			add(e.By)
			return nil
		}
		// Another block of the part may have been published alone: whoever worked at this one before that did so all the same.
		for usage, stands := range waiting {
			if slices.ContainsFunc(e.Parts, func(part string) bool { return slices.Contains(stands, part) }) {
				delete(waiting, usage)
			}
		}
		if len(waiting) == 0 {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, fmt.Errorf("looking for whose work %s is: %w", within, err)
	}
	return workers, nil
}
