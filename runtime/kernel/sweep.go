package kernel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/state"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Sweeping: how long a crash's leftovers wait, and how many one round takes.
const (
	sweepAge   = 2 * time.Second
	sweepLimit = 500
	// requestsKept is how long requests without a learner and large replies are remembered.
	requestsKept = 24 * time.Hour
)

// Sweep finishes what crashes left: outboxes, mails, deliveries and tasks that the queue forgot. It returns how much it
// found. One part that fails does not hold up the others.
func (k *Kernel) Sweep(ctx context.Context) (int, error) {
	now := k.config.Now()
	before := now.Add(-sweepAge)
	found := 0
	var failed []error
	part := func(what string, n int, err error) {
		found += n
		if err != nil {
			failed = append(failed, fmt.Errorf("sweeping %s: %w", what, err))
		}
	}
	n, err := k.learnerOutbox.Sweep(ctx, before, sweepLimit)
	part("learners' outboxes", n, err)
	n, err = k.requestOutbox.Sweep(ctx, before, sweepLimit)
	part("requests' outboxes", n, err)
	n, err = k.sharedMail.Sweep(ctx, before, sweepLimit, freshShared)
	part("shared fields", n, err)
	part("blocks' collections", 0, k.openCollections(ctx))
	for _, documents := range k.openDocuments() {
		n, err = state.NewOutbox(documents.Docs, k.steps).Sweep(ctx, before, sweepLimit)
		part("documents' outboxes", n, err)
		n, err = documents.Mail.Sweep(ctx, before, sweepLimit, func(string) func() state.Document { return nil })
		part("documents' mail", n, err)
		part("deleted documents", 0, documents.Collect(ctx, now.Add(-requestsKept), sweepLimit))
	}
	n, err = k.scorer.Due(ctx, sweepLimit)
	part("deliveries", n, err)
	n, err = k.DueTasks(ctx, sweepLimit)
	part("tasks", n, err)
	part("old requests", 0, collect(ctx, k.requests, now.Add(-requestsKept)))
	part("old replies", 0, collect(ctx, k.replies, now.Add(-requestsKept)))
	return found, errors.Join(failed...)
}

// collect deletes documents whose index "at" lies before an instant.
func collect[T any](ctx context.Context, docs store.Collection[T], before time.Time) error {
	old, _, err := docs.Find(ctx, store.Query{Index: "at", To: before, Limit: sweepLimit})
	if err != nil {
		return err
	}
	for _, doc := range old {
		err := docs.Delete(ctx, doc.ID, doc.Version)
		if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return nil
}

// openCollections makes sure that the collections of every block that keeps documents are known here, so that what another
// process left in them is found. A block that cannot be loaded keeps its leftovers until it can.
func (k *Kernel) openCollections(ctx context.Context) error {
	for _, status := range k.config.Registry.List() {
		if status.Version == nil || !status.Version.Manifest.Has(string(wire.ServiceDocuments), "") {
			continue
		}
		for _, t := range status.Version.Manifest.Types {
			_, err := k.describe(ctx, status.Version, t.Name)
			if err != nil && !errors.Is(err, &wire.Error{Code: wire.CodeBroken}) {
				return err
			}
		}
	}
	return nil
}

func (k *Kernel) openDocuments() []state.Documents {
	k.mu.Lock()
	defer k.mu.Unlock()
	list := make([]state.Documents, 0, len(k.opened))
	for _, documents := range k.opened {
		list = append(list, documents)
	}
	return list
}
