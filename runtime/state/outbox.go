package state

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/store"
)

// committed is a document body that embeds a Commit.
type committed[T any] interface {
	*T
	Protocol() *Commit
}

// Protocol gives the protocol's part of a commit document; embedding Commit provides it.
func (c *Commit) Protocol() *Commit { return c }

// Outbox finishes entries of one collection of commit documents.
type Outbox[T any, P committed[T]] struct {
	docs  store.Collection[T]
	steps Steps
}

// NewOutbox makes the outbox of a collection whose documents embed Commit.
func NewOutbox[T any, P committed[T]](docs store.Collection[T], steps Steps) Outbox[T, P] {
	return Outbox[T, P]{docs, steps}
}

// Finish does what the document's entries still ask for and drops them. It is called by the reader of a document before he
// uses it, by the committer after his swap, and by the sweeper; several at once are harmless.
func (o Outbox[T, P]) Finish(ctx context.Context, id string, outbox []Entry) error {
	for i := range outbox {
		if err := o.steps.Apply(ctx, &outbox[i]); err != nil {
			return err
		}
		if err := o.Drop(ctx, id, outbox[i].ID); err != nil {
			return err
		}
	}
	return nil
}

// Apply does the steps of an entry and leaves dropping it to somebody else.
func (o Outbox[T, P]) Apply(ctx context.Context, entry *Entry) error {
	return o.steps.Apply(ctx, entry)
}

// Drop takes an applied entry out of its document.
func (o Outbox[T, P]) Drop(ctx context.Context, id, entry string) error {
	_, err := o.docs.Update(ctx, id, func(t *T) (bool, error) { return P(t).Protocol().Remove(entry), nil })
	if err != nil {
		return fmt.Errorf("dropping entry %s: %w", entry, err)
	}
	return nil
}

// Sweep finishes entries that were committed before the given instant, oldest first, at most limit documents. It returns
// how many documents it finished. One document that cannot be finished does not hold up the others: its error is joined to
// the one returned.
func (o Outbox[T, P]) Sweep(ctx context.Context, before time.Time, limit int) (int, error) {
	docs, _, err := o.docs.Find(ctx, store.Query{Index: OutboxIndex.Name, To: before, Limit: limit})
	if err != nil {
		return 0, fmt.Errorf("sweeping outboxes: %w", err)
	}
	var failed []error
	for i := range docs {
		if err := o.Finish(ctx, docs[i].ID, P(&docs[i].Body).Protocol().Outbox); err != nil {
			failed = append(failed, fmt.Errorf("document %q: %w", docs[i].ID, err))
		}
	}
	return len(docs) - len(failed), errors.Join(failed...)
}
