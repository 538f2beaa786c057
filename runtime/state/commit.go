package state

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Entry lists what a committed call still has to do elsewhere.
type Entry struct {
	// ID is unique: documents that steps make are named by it.
	ID string    `bson:"id"`
	At time.Time `bson:"at"`
	// Source names the commit document, Number counts its entries from 1. An entry is committed only after those before it
	// were applied, so a target that took a number has taken all smaller ones.
	Source string `bson:"source"`
	Number int64  `bson:"number"`
	// Once says that the commit document is a request's own and sends no second entry.
	Once bool `bson:"once,omitempty"`
	// Origin is what the steps need to know of the call.
	Origin Origin `bson:"origin"`
	Steps  []Step `bson:"steps"`
}

// Origin is the call that an entry came from.
type Origin struct {
	Run     string `bson:"run,omitempty"`
	Usage   string `bson:"usage,omitempty"`
	Type    string `bson:"type,omitempty"`
	Package string `bson:"package,omitempty"`
	Learner string `bson:"learner,omitempty"`
	Caller  string `bson:"caller,omitempty"`
	Role    string `bson:"role,omitempty"`
	Request string `bson:"request,omitempty"`
	Sitting string `bson:"sitting,omitempty"`
	// Scratch is the stand-in whose preview the call was made in, "" for calls that count; see access.Person.
	Scratch string `bson:"scratch,omitempty"`
}

// Owner is whose documents the call sees and changes: the run's, or those of a preview.
func (o *Origin) Owner() string {
	if o.Scratch == "" {
		return o.Run
	}
	return "scratch " + o.Scratch // no run is called so
}

// Step is one thing to do. Kind chooses who does it; Data is his, as JSON.
type Step struct {
	Kind string `bson:"kind"`
	Data string `bson:"data"`
}

// Task is one step of an entry, as its applier sees it.
type Task struct {
	Entry    *Entry
	Position int
	Data     []byte
}

// Name is the step's own for ever: documents that it inserts are called so.
func (t Task) Name() string { return fmt.Sprintf("%s-%d", t.Entry.ID, t.Position) }

// Order grows with each step of one source; see [Entry.Number].
func (t Task) Order() int64 { return t.Entry.Number*(wire.MaxEffects*4) + int64(t.Position) }

// Stamp orders steps of different sources that overwrite each other: by time, then by name.
func (t Task) Stamp() string {
	return fmt.Sprintf("%016x-%08x-%s", t.Entry.At.UnixNano(), t.Order(), t.Entry.ID)
}

// Recorded is a reply that was given, so that a repeated request gets the same one.
type Recorded struct {
	Request  string    `bson:"request"`
	BodyHash string    `bson:"body_hash"`
	At       time.Time `bson:"at"`
	// Reply is the block's reply frame without its effects; when it was too large, Stored names where it is kept instead.
	Reply  []byte `bson:"reply,omitempty"`
	Stored string `bson:"stored,omitempty"`
	// Submission is the id of what the request handed in.
	Submission string `bson:"submission,omitempty"`
}

// Commit is the part of a commit document that the protocol owns; such documents embed it.
type Commit struct {
	Outbox []Entry `bson:"outbox,omitempty"`
	// Number is that of the newest entry.
	Number int64 `bson:"number,omitempty"`
	// OutboxAt is the oldest entry's time, nil when the outbox is empty: the sweeper's index.
	OutboxAt *time.Time `bson:"outbox_at,omitempty"`
	Recent   []Recorded `bson:"recent,omitempty"`
}

// OutboxIndex is what every collection of commit documents declares.
var OutboxIndex = store.Index{Name: "outbox", Fields: []string{"outbox_at"}}

// RecentKept is how many replies a learner's state document remembers.
const RecentKept = 32

// InlineReply bounds a remembered reply inside a commit document, in bytes.
const InlineReply = 8 << 10

// Record remembers a reply and puts an entry into the outbox. keep bounds the remembered replies by number; 0 keeps those of
// the last 24 hours.
//
// It returns the entry as it was numbered.
func (c *Commit) Record(entry Entry, reply Recorded, keep int) Entry {
	if len(entry.Steps) > 0 {
		c.Number++
		entry.Number = c.Number
		c.Outbox = append(c.Outbox, entry)
		c.setOutboxAt()
	}
	if reply.Request == "" {
		return entry
	}
	c.Recent = append(c.Recent, reply)
	if keep > 0 {
		c.Recent = c.Recent[max(0, len(c.Recent)-keep):]
		return entry
	}
	horizon := reply.At.Add(-24 * time.Hour)
	c.Recent = slices.DeleteFunc(c.Recent, func(r Recorded) bool { return r.At.Before(horizon) })
	return entry
}

// Find returns the remembered reply to a request.
func (c *Commit) Find(request string) (Recorded, bool) {
	i := slices.IndexFunc(c.Recent, func(r Recorded) bool { return r.Request == request })
	if i < 0 {
		return Recorded{}, false
	}
	return c.Recent[i], true
}

func (c *Commit) setOutboxAt() {
	c.OutboxAt = nil
	for i := range c.Outbox {
		if at := c.Outbox[i].At; c.OutboxAt == nil || at.Before(*c.OutboxAt) {
			c.OutboxAt = &at
		}
	}
}

// Remove drops an entry; false when it was gone already.
func (c *Commit) Remove(id string) bool {
	n := len(c.Outbox)
	c.Outbox = slices.DeleteFunc(c.Outbox, func(e Entry) bool { return e.ID == id })
	c.setOutboxAt()
	return len(c.Outbox) != n
}

// Applier does one kind of step. It is idempotent for ever and cannot be refused; see the package comment.
type Applier func(ctx context.Context, task Task) error

// ErrUnknownStep means that an entry holds a kind that nobody does, written by a newer or wrongly set up process.
var ErrUnknownStep = errors.New("unknown step")

// Steps does entries' steps by kind. It is set up once and then only read.
type Steps map[string]Applier

// Apply does every step of an entry, in order. It stops at the first error; doing it again is harmless.
func (s Steps) Apply(ctx context.Context, entry *Entry) error {
	for i, step := range entry.Steps {
		apply, ok := s[step.Kind]
		if !ok {
			return fmt.Errorf("applying step %d of entry %s: %w %q", i, entry.ID, ErrUnknownStep, step.Kind)
		}
		if err := apply(ctx, Task{entry, i, []byte(step.Data)}); err != nil {
			return fmt.Errorf("applying step %d (%s) of entry %s: %w", i, step.Kind, entry.ID, err)
		}
	}
	return nil
}

// BodyHash digests a request's body for [Recorded].
func BodyHash(parts ...[]byte) string {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d:", len(part))
		h.Write(part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
