package listening

import (
	"context"
	"errors"
	"time"

	"github.com/quoin-lms/quoin/runtime/events"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

type place struct {
	At string `bson:"at"`
}

// look wakes the listeners that want what is new in the log.
func (l *Listening) look(ctx context.Context, since map[string]hears) error {
	if l.tail == nil {
		from := l.config.Events.Horizon()
		doc, err := l.places.Get(ctx, "log")
		switch {
		case err == nil:
			from = events.Position(doc.Body.At)
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		l.tail = l.config.Events.Tail(from)
	}
	for range lookPages {
		from, horizon := l.tail.Safe(), l.config.Events.Horizon()
		list, err := l.tail.Next(ctx, lookEvents)
		if err != nil {
			return err
		}
		for id, listener := range wanted(list, since) {
			if err := l.wake(ctx, id, listener, from, horizon); err != nil {
				l.tail = nil // it starts again from the place that is written down
				return err
			}
		}
		if len(list) < lookEvents {
			break
		}
	}
	return l.save(ctx, l.tail.Safe())
}

// save writes down how far was looked, when that is some way on.
func (l *Listening) save(ctx context.Context, at events.Position) error {
	if l.saved != "" && at.Time().Sub(l.saved.Time()) < time.Second {
		return nil
	}
	_, err := l.places.Update(ctx, "log", func(p *place) (bool, error) {
		if p.At >= string(at) {
			return false, nil
		}
		p.At = string(at)
		return true, nil
	})
	if err == nil {
		l.saved = at
	}
	return err
}

// wanted are the listeners that want some of the events, by id.
func wanted(list []wire.Event, since map[string]hears) map[string]Listener {
	out := map[string]Listener{}
	for i := range list {
		e := &list[i]
		if kernel.OfDelivery(e) {
			continue
		}
		for _, h := range since {
			if _, named := h.since[e.Name]; !named {
				continue
			}
			if listener, ok := h.listener(e); ok {
				out[store.ID(listener.Type, listener.Run, listener.Usage)] = listener
			}
		}
	}
	return out
}

// wake makes a listener due. One that had heard everything goes on from where this look began.
func (l *Listening) wake(ctx context.Context, id string, fresh Listener, from, horizon events.Position) error {
	now := l.config.Now()
	_, err := l.listeners.Update(ctx, id, func(d *Listener) (bool, error) {
		if d.Type == "" {
			*d = fresh
			d.Name = newClaim()
		}
		if d.Due == nil {
			d.Due = &now
			d.From = max(d.From, string(from))
		}
		d.Woken = max(d.Woken, string(horizon))
		return true, nil
	})
	return err
}
