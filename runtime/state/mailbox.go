package state

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// Mailbox carries changes that are not idempotent by themselves (additions, appends) from commit documents to a target
// document, each exactly once. For each (target, source) a mail document keeps the number of the last change taken in and
// the changes not delivered yet. Delivering is: swap the target with the changes and a receipt of the number, then take
// them out of the mail. A receipt stays in the target until the mail is known to be empty.
type Mailbox[T any, P receiver[T]] struct {
	mails   store.Collection[mail]
	targets store.Collection[T]
	name    string
	take    func(target P, change Change)
	locks   *keyed
}

// receiver is a target document body that embeds Receipts.
type receiver[T any] interface {
	*T
	ReceiptsOf() *Receipts
}

// Receipts is embedded in target documents: by source, the number up to which changes were delivered.
type Receipts struct {
	Delivered store.Map[int64] `bson:"delivered,omitempty"`
}

// ReceiptsOf gives the receipts; embedding Receipts provides it.
func (r *Receipts) ReceiptsOf() *Receipts { return r }

// Change is one addition or append on its way.
type Change struct {
	Order int64 `bson:"order"`
	// Data is the change as the target understands it.
	Data string    `bson:"data"`
	At   time.Time `bson:"at"`
}

type mail struct {
	Target string `bson:"target"`
	Source string `bson:"source"`
	// Taken is the number of the last change that came in; smaller ones are repetitions.
	Taken   int64    `bson:"taken"`
	Pending []Change `bson:"pending,omitempty"`
	// Since is when the oldest pending change came in, nil when there is none: the sweeper's index.
	Since *time.Time `bson:"since,omitempty"`
	// Once is when a source that sends once (a request's own document) sent; nil for learners' states and documents, whose
	// numbers go on for ever.
	Once *time.Time `bson:"once,omitempty"`
}

// MailSpec is the collection of mail documents for the targets called name.
func MailSpec(name string) store.Spec {
	return store.Spec{Name: "mail_" + name, Indexes: []store.Index{
		{Name: "since", Fields: []string{"since"}},
		{Name: "once", Fields: []string{"once"}},
	}}
}

// NewMailbox makes the mailbox of a collection of targets. name is that of its MailSpec. take applies one change; it cannot
// fail, so it drops what makes no sense.
func NewMailbox[T any, P receiver[T]](
	s store.Store, name string, targets store.Collection[T], take func(target P, change Change),
) Mailbox[T, P] {
	return Mailbox[T, P]{store.Of[mail](s, MailSpec(name)), targets, name, take, &keyed{held: map[string]*holder{}}}
}

// Send takes a change in, once for each (source, order), and delivers it. fresh makes a target that does not exist yet;
// with nil, changes to a missing target are dropped.
func (m Mailbox[T, P]) Send(ctx context.Context, task Task, target, data string, fresh func() T) error {
	id := store.ID(target, task.Entry.Source)
	doc, err := m.mails.Update(ctx, id, func(body *mail) (bool, error) {
		if body.Taken >= task.Order() {
			return false, nil
		}
		body.Target, body.Source, body.Taken = target, task.Entry.Source, task.Order()
		body.Pending = append(body.Pending, Change{Order: task.Order(), Data: data, At: task.Entry.At})
		at := body.Pending[0].At
		body.Since = &at
		if task.Entry.Once {
			body.Once = &at
		}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("mailing to %s %q: %w", m.name, target, err)
	}
	return m.deliver(ctx, doc, fresh)
}

// deliver moves a mail's pending changes to the target.
func (m Mailbox[T, P]) deliver(ctx context.Context, doc store.Doc[mail], fresh func() T) error {
	if len(doc.Body.Pending) == 0 {
		return nil
	}
	// In one process deliveries to one target queue up here rather than retrying against each other.
	defer m.locks.lock(doc.Body.Target)()
	for {
		err := m.swap(ctx, doc, fresh)
		if err == nil {
			break
		}
		if !errors.Is(err, store.ErrConflict) || ctx.Err() != nil {
			return fmt.Errorf("delivering to %s %q: %w", m.name, doc.Body.Target, err)
		}
	}
	last := doc.Body.Pending[len(doc.Body.Pending)-1].Order
	if _, err := m.mails.Update(ctx, doc.ID, func(body *mail) (bool, error) { return body.empty(last), nil }); err != nil {
		return fmt.Errorf("emptying mail to %s %q: %w", m.name, doc.Body.Target, err)
	}
	return nil
}

// swap applies to the target what the mail holds beyond the receipt. The mail is read after the target: whoever then swaps
// the target at the version he read has seen every delivery before his, and a receipt that is gone means an emptied mail.
func (m Mailbox[T, P]) swap(ctx context.Context, doc store.Doc[mail], fresh func() T) error {
	target, err := m.targets.Get(ctx, doc.Body.Target)
	if errors.Is(err, store.ErrNotFound) {
		if fresh == nil {
			return nil // nobody misses a change to what is gone
		}
		target, err = store.Doc[T]{ID: doc.Body.Target, Body: fresh()}, nil
	}
	if err != nil {
		return err
	}
	current, err := m.mails.Get(ctx, doc.ID)
	if err != nil {
		return err
	}
	body := P(&target.Body)
	receipts := body.ReceiptsOf()
	delivered, changed := receipts.Delivered[doc.Body.Source], false
	for _, change := range current.Body.Pending {
		if change.Order <= delivered {
			continue
		}
		m.take(body, change)
		delivered, changed = change.Order, true
	}
	if !changed {
		return nil
	}
	if receipts.Delivered == nil {
		receipts.Delivered = store.Map[int64]{}
	}
	receipts.Delivered[doc.Body.Source] = delivered
	if len(receipts.Delivered) > receiptsKept {
		if err := m.prune(ctx, doc.Body.Target, doc.Body.Source, receipts); err != nil {
			return err
		}
	}
	_, err = m.targets.Put(ctx, target)
	return err
}

// receiptsKept bounds the receipts that a target carries before those of emptied mails are dropped.
const receiptsKept = 32

// prune drops the receipts of mails that hold nothing any more: their numbers cannot come again.
func (m Mailbox[T, P]) prune(ctx context.Context, target, except string, receipts *Receipts) error {
	ids := make([]string, 0, len(receipts.Delivered))
	for source := range receipts.Delivered {
		ids = append(ids, store.ID(target, source))
	}
	mails, err := m.mails.GetMany(ctx, ids)
	if err != nil {
		return fmt.Errorf("reading mails: %w", err)
	}
	for source := range receipts.Delivered {
		doc, exists := mails[store.ID(target, source)]
		if source != except && (!exists || len(doc.Body.Pending) == 0) {
			delete(receipts.Delivered, source)
		}
	}
	return nil
}

// empty takes out what was delivered up to last; false when nothing was left to take out.
func (m *mail) empty(last int64) bool {
	n := 0
	for n < len(m.Pending) && m.Pending[n].Order <= last {
		n++
	}
	if n == 0 {
		return false
	}
	m.Pending, m.Since = m.Pending[n:], nil
	if len(m.Pending) > 0 {
		at := m.Pending[0].At
		m.Since = &at
	}
	return true
}

// Sweep delivers what was taken in before the given instant and not delivered, at most limit mails, and forgets expired
// mails of one-shot sources. It returns how many mails it delivered.
func (m Mailbox[T, P]) Sweep(ctx context.Context, before time.Time, limit int, fresh func(target string) func() T) (int, error) {
	docs, _, err := m.mails.Find(ctx, store.Query{Index: "since", To: before, Limit: limit})
	if err != nil {
		return 0, fmt.Errorf("sweeping mails to %s: %w", m.name, err)
	}
	var failed []error
	for _, doc := range docs {
		if err := m.deliver(ctx, doc, fresh(doc.Body.Target)); err != nil {
			failed = append(failed, err)
		}
	}
	expired, _, err := m.mails.Find(ctx, store.Query{Index: "once", To: before.Add(-mailKept), Limit: limit})
	if err != nil {
		return len(docs) - len(failed), fmt.Errorf("sweeping mails to %s: %w", m.name, err)
	}
	for _, doc := range expired {
		err := m.mails.Delete(ctx, doc.ID, doc.Version)
		if err != nil && !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrNotFound) {
			failed = append(failed, err)
		}
	}
	return len(docs) - len(failed), errors.Join(failed...)
}

// mailKept is how long the mail of a source that sends once is remembered: longer than any actor can be late.
const mailKept = 7 * 24 * time.Hour
