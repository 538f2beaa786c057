package state

import (
	"slices"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Held is what staff take from a learner's state of a block, kept so that it can be given back.
type Held struct {
	Tries   []Try             `bson:"tries,omitempty" json:"tries,omitempty"`
	Older   int               `bson:"older,omitempty" json:"older,omitempty"`
	Fields  store.Map[string] `bson:"fields,omitempty" json:"fields,omitempty"`
	Schema  int               `bson:"schema,omitempty" json:"schema,omitempty"`
	Sitting *Sitting          `bson:"sitting,omitempty" json:"sitting,omitempty"`
	Choice  []string          `bson:"choice,omitempty" json:"choice,omitempty"`
	Drawn   bool              `bson:"drawn,omitempty" json:"drawn,omitempty"`
	Cleared int               `bson:"cleared,omitempty" json:"cleared,omitempty"`
}

// TakeTries counts from nothing again and returns what was counted. Answers stay.
func (l *Learner) TakeTries() Held {
	held := Held{Tries: l.Tries, Older: l.Older}
	l.Tries, l.Older = nil, 0
	return held
}

// GiveTries counts tries again that were taken, besides those made since.
func (l *Learner) GiveTries(held Held) {
	since := l.Tries
	l.Tries, l.Older = slices.Clone(held.Tries), l.Older+held.Older
	for _, try := range since {
		l.AddTry(try)
	}
}

// TakeAll leaves of the state what a learner has who never saw the block, and returns it. The sitting ends, so that a page
// that is still open hands nothing in to it; submissions are numbered on, and so are sittings. Extra tries that were granted
// stay. stamp orders this among writes by steps, as in [Learner.SetByStep].
func (l *Learner) TakeAll(stamp string, end func(*Sitting)) Held {
	held := l.TakeTries()
	held.Schema, held.Choice, held.Drawn, held.Cleared = l.Schema, l.Choice, l.Drawn, l.Cleared
	held.Fields = make(store.Map[string], len(l.Fields))
	for name, value := range l.Fields {
		held.Fields[name] = value
		if l.Stamps == nil {
			l.Stamps = store.Map[string]{}
		}
		l.Stamps[name] = stamp // a step that is older must not bring the field back
	}
	if l.Sitting != nil {
		sitting := *l.Sitting
		held.Sitting = &sitting
		if l.Sitting.Ended == nil {
			end(l.Sitting)
		}
	}
	l.Fields, l.Choice, l.Drawn, l.Cleared = nil, nil, false, l.Sequence
	return held
}

// GiveAll gives back what TakeAll took. Where the learner has stored something since, that stays: fields and sitting are the
// newer ones then.
func (l *Learner) GiveAll(held Held, stamp string) {
	l.GiveTries(held)
	l.Cleared = held.Cleared
	if len(l.Fields) == 0 {
		l.Schema = held.Schema
		for name, value := range held.Fields {
			l.Set(name, value, stamp)
		}
	}
	if held.Sitting != nil && (l.Sitting == nil || l.Sitting.Number == held.Sitting.Number) {
		sitting := *held.Sitting
		l.Sitting = &sitting
	}
	if !l.Drawn {
		l.Choice, l.Drawn = held.Choice, held.Drawn
	}
}
