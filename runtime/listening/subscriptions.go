package listening

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/events"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// subscription says since when a type hears which names.
type subscription struct {
	Since store.Map[string] `bson:"since"`
	// App and Site say who hears: see [kernel.Subscription].
	App  bool `bson:"app,omitempty"`
	Site bool `bson:"site,omitempty"`
	// Gone is since when its package is away.
	Gone *time.Time `bson:"gone,omitempty"`
}

// hears is a stored subscription.
type hears struct {
	name  string
	app   bool
	site  bool
	since map[string]events.Position
}

// agree brings the stored subscriptions in line with the blocks that are there, and returns them by type. Those whose package cannot be
// asked now, or has just gone, stay: what happens meanwhile waits for it.
func (l *Listening) agree(ctx context.Context) (map[string]hears, error) {
	list, unsure, err := l.config.Blocks.Subscriptions(ctx)
	if err != nil {
		return nil, err
	}
	now, here := l.config.Now(), map[string]bool{}
	for _, s := range list {
		here[s.Type] = true
		_, err := l.subscriptions.Update(ctx, s.Type, func(stored *subscription) (bool, error) { return stored.take(&s, now), nil })
		if err != nil {
			return nil, err
		}
	}
	out := map[string]hears{}
	return out, l.subscriptions.Each(ctx, store.Query{Limit: 1000}, func(doc store.Doc[subscription]) error {
		h := hears{doc.ID, doc.Body.App, doc.Body.Site, map[string]events.Position{}}
		for name, at := range doc.Body.Since {
			h.since[name] = events.Position(at)
		}
		out[doc.ID] = h
		if here[doc.ID] || slices.Contains(unsure, doc.ID) {
			return nil
		}
		return l.leave(ctx, doc.ID, now)
	})
}

// take notes what is subscribed to now; a new name is heard from now on.
func (s *subscription) take(from *kernel.Subscription, now time.Time) (changed bool) {
	changed = s.Gone != nil || s.App != from.App || s.Site != from.Site
	s.Gone, s.App, s.Site = nil, from.App, from.Site
	if s.Since == nil {
		s.Since = store.Map[string]{}
	}
	for _, name := range from.Names {
		if s.Since[name] == "" {
			s.Since[name], changed = string(events.At(now)), true
		}
	}
	before := len(s.Since)
	maps.DeleteFunc(s.Since, func(name, _ string) bool { return !slices.Contains(from.Names, name) })
	return changed || len(s.Since) != before
}

// leave ends a subscription whose block has been away for some time.
func (l *Listening) leave(ctx context.Context, name string, now time.Time) error {
	doc, err := l.subscriptions.Update(ctx, name, func(stored *subscription) (bool, error) {
		if stored.Gone != nil {
			return false, nil
		}
		stored.Gone = &now
		return true, nil
	})
	if err != nil || now.Sub(*doc.Body.Gone) < away {
		return err
	}
	err = l.listeners.Each(ctx, store.Query{Index: "type", Equal: []any{name}, Limit: 500}, func(doc store.Doc[Listener]) error {
		return gone(l.listeners.Delete(ctx, doc.ID, 0))
	})
	if err != nil {
		return err
	}
	return gone(l.subscriptions.Delete(ctx, name, doc.Version))
}

// gone forgives that something was deleted or changed by another process.
func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrConflict) {
		return nil
	}
	return err
}

// listener is who of the type hears an event.
func (h *hears) listener(e *wire.Event) (Listener, bool) {
	l := Listener{Type: h.name, Wide: h.app}
	switch {
	case h.app && h.site:
		l.Usage = key.Course{}.Usage(h.name, h.name).String()
	case h.app:
		run, err := key.ParseCourse(e.Run)
		if err != nil || run.Library() {
			return l, false
		}
		l.Run, l.Usage = e.Run, run.Usage(h.name, h.name).String()
	default:
		usage, err := key.ParseUsage(e.Usage)
		if err != nil || usage.Type != h.name || usage.Course.String() != e.Run {
			return l, false
		}
		l.Run, l.Usage = e.Run, e.Usage
	}
	return l, true
}
