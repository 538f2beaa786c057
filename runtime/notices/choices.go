package notices

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Way is how somebody wants to be told.
type Way string

// The ways. They are stored.
const (
	WayPage  Way = "page"  // on the page alone; what holds for who chose nothing
	WayMail  Way = "mail"  // and by a mail at once
	WayDaily Way = "daily" // and by one mail a day
	WayNone  Way = "none"  // not at all
)

// Ways lists them in the order of forms.
func Ways() []Way { return []Way{WayPage, WayDaily, WayMail, WayNone} }

// Kind is what one chooses about: the notices of one kind of block in one run. The zero value is every other one.
type Kind struct{ Run, Type string }

// Choices are one person's.
type Choices struct {
	// Learner is the pseudonym towards the site.
	Learner string `bson:"learner"`
	// Ways are by kind, as store.ID of run and type.
	Ways store.Map[string] `bson:"ways,omitempty"`
}

func choicesSpec() store.Spec { return store.Spec{Name: "notice_choices", Learners: "learner"} }

// Way is what was chosen about a kind, "" for nothing.
func (c *Choices) Way(k Kind) Way { return Way(c.Ways[store.ID(k.Run, k.Type)]) }

// Choices reads what a person chose.
func (n *Notices) Choices(ctx context.Context, inbox string) (Choices, error) {
	doc, err := n.choices.Get(ctx, inbox)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Choices{}, fmt.Errorf("reading what somebody chose about notices: %w", err)
	}
	return doc.Body, nil
}

// way is how a person is told of a kind.
func (n *Notices) way(ctx context.Context, inbox string, k Kind) (Way, error) {
	chosen, err := n.Choices(ctx, inbox)
	if err != nil {
		return "", err
	}
	for _, kind := range []Kind{k, {}} {
		if way := chosen.Way(kind); way != "" {
			return way, nil
		}
	}
	return WayPage, nil
}

// maxKinds bounds the kinds that one person may choose about.
const maxKinds = 500

// ErrInvalid says that a choice is none.
var ErrInvalid = errors.New("no such way")

// Choose stores what a person chose; "" takes a choice back, so that what was chosen for the rest holds.
func (n *Notices) Choose(ctx context.Context, inbox string, ways map[Kind]Way) error {
	for _, way := range ways {
		if way != "" && !slices.Contains(Ways(), way) {
			return ErrInvalid
		}
	}
	return n.change(ctx, inbox, func(c *Choices) bool {
		changed := false
		for kind, way := range ways {
			id := store.ID(kind.Run, kind.Type)
			changed = changed || c.Ways[id] != string(way)
			if way == "" {
				delete(c.Ways, id)
			} else if len(c.Ways) < maxKinds {
				c.Ways[id] = string(way)
			}
		}
		return changed
	})
}

// StopMail makes every choice that sends mail one for the page alone, and takes back mails that are due.
func (n *Notices) StopMail(ctx context.Context, inbox string) error {
	err := n.change(ctx, inbox, func(c *Choices) bool {
		changed := false
		for id, way := range c.Ways {
			if Way(way) == WayMail || Way(way) == WayDaily {
				c.Ways[id], changed = string(WayPage), true
			}
		}
		return changed
	})
	if err != nil {
		return err
	}
	return n.notices.Each(ctx, store.Query{Index: "inbox", Equal: []any{inbox}, Reverse: true, Limit: 500}, func(doc store.Doc[Notice]) error {
		if doc.Body.Mail == nil {
			return nil
		}
		_, err := n.notices.Update(ctx, doc.ID, func(notice *Notice) (bool, error) {
			was := notice.Mail != nil
			notice.Mail = nil
			return was, nil
		})
		return err
	})
}

func (n *Notices) change(ctx context.Context, inbox string, do func(c *Choices) bool) error {
	_, err := n.choices.Update(ctx, inbox, func(c *Choices) (bool, error) {
		c.Learner = inbox
		if c.Ways == nil {
			c.Ways = store.Map[string]{}
		}
		return do(c), nil
	})
	if err != nil {
		return fmt.Errorf("storing what somebody chose about notices: %w", err)
	}
	return nil
}

// digestHour is when the mail of the day goes out, by the reader's own clock.
const digestHour = 7

// due is when a mail about a notice goes out, nil for none.
func (n *Notices) due(way Way, zone string, at time.Time) *time.Time {
	switch way {
	case WayMail:
		return &at
	case WayDaily:
		place, err := time.LoadLocation(zone)
		if err != nil {
			place = time.UTC
		}
		local := at.In(place)
		next := time.Date(local.Year(), local.Month(), local.Day(), digestHour, 0, 0, 0, place)
		if !next.After(at) {
			next = next.AddDate(0, 0, 1)
		}
		next = next.UTC()
		return &next
	case WayPage, WayNone:
	}
	return nil
}
