package listening

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/quoin-lms/quoin/runtime/events"
	"github.com/quoin-lms/quoin/runtime/kernel"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// errLost says that another process has the listener now.
var errLost = errors.New("another process listens here")

// turn lets one listener hear some batches and returns how many.
func (l *Listening) turn(ctx context.Context, id string, h *hears) (int, error) {
	claim, now, taken := newClaim(), l.config.Now(), false
	doc, err := l.listeners.Update(ctx, id, func(d *Listener) (bool, error) {
		taken = d.Due != nil && !d.Due.After(now)
		if !taken {
			return false, nil
		}
		until := now.Add(lease)
		d.Claim, d.Due = claim, &until
		return true, nil
	})
	if err != nil || !taken {
		return 0, gone(err)
	}
	for n := range batchesATurn {
		more, err := l.batch(ctx, id, claim, h, &doc.Body)
		if errors.Is(err, errLost) {
			return n, nil
		}
		if err != nil || !more {
			return n, err
		}
	}
	_, err = l.change(ctx, id, claim, func(d *Listener) { d.Due, d.Claim = &now, "" })
	if errors.Is(err, errLost) {
		err = nil
	}
	return batchesATurn, err
}

// change changes a listener that is still this claim's, and renews the claim.
func (l *Listening) change(ctx context.Context, id, claim string, do func(d *Listener)) (store.Doc[Listener], error) {
	held := false
	doc, err := l.listeners.Update(ctx, id, func(d *Listener) (bool, error) {
		if held = d.Claim == claim; !held {
			return false, nil
		}
		until := l.config.Now().Add(lease)
		d.Due = &until
		do(d)
		return true, nil
	})
	if err == nil && !held {
		err = errLost
	}
	return doc, err
}

// batch lets the block hear the batch that was begun, or the next one. more reports that it heard one.
func (l *Listening) batch(ctx context.Context, id, claim string, h *hears, listener *Listener) (more bool, err error) {
	var list []wire.Event
	if len(listener.Batch) > 0 {
		if list, err = l.config.Events.Lookup(ctx, listener.Batch); err != nil {
			return false, err
		}
	} else if list, err = l.next(ctx, id, claim, h, listener); err != nil || len(list) == 0 {
		return false, err
	}
	if len(list) > 0 { // else they were erased meanwhile
		err = l.config.Blocks.Hear(ctx, kernel.Delivery{
			ID: store.ID(listener.Name, strconv.FormatInt(listener.Number, 10)), Run: listener.Run, Usage: listener.Usage, Type: listener.Type, Events: list,
		})
	}
	if err != nil {
		return false, l.failed(ctx, id, claim, listener, list, err)
	}
	doc, err := l.change(ctx, id, claim, func(d *Listener) {
		d.Batch, d.Tries, d.Failure = nil, 0, ""
		if len(d.Skipped) == 0 {
			d.Trouble = nil
		}
	})
	*listener = doc.Body
	return err == nil, err
}

// next reads the next batch and writes it down, or lets the listener rest when there is none.
func (l *Listening) next(ctx context.Context, id, claim string, h *hears, listener *Listener) ([]wire.Event, error) {
	seen := map[string]events.Position{}
	for event, at := range listener.Seen {
		seen[event] = events.Position(at)
	}
	horizon := l.config.Events.Horizon()
	selection := events.Selection{Run: listener.Run, Want: func(at events.Position, e *wire.Event) bool {
		since, named := h.since[e.Name]
		return named && at >= since && !kernel.OfDelivery(e) && (listener.Wide || e.Usage == listener.Usage)
	}}
	tail := l.config.Events.Resume(selection, events.Position(listener.From), seen)
	list, err := tail.Next(ctx, BatchEvents)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	doc, err := l.change(ctx, id, claim, func(d *Listener) {
		d.From, d.Seen = string(tail.Safe()), store.Map[string]{}
		for event, at := range tail.Seen() {
			d.Seen[event] = string(at)
		}
		if len(list) > 0 {
			d.Batch, d.Number, d.Tries = ids, d.Number+1, 0
			return
		}
		d.Claim, d.Due = "", nil
		if tail.Behind() || d.Woken > string(horizon) { // there is more to read, or another clock showed more than this one yet
			soon := l.config.Now().Add(time.Second)
			d.Due = &soon
		}
	})
	*listener = doc.Body
	return list, err
}

// failed puts a batch off, or skips it with a record.
func (l *Listening) failed(ctx context.Context, id, claim string, listener *Listener, list []wire.Event, cause error) error {
	if ctx.Err() != nil {
		return cause // this process stops; the lease's end brings the next one
	}
	now := l.config.Now()
	counts := against(cause)
	skipped := counts && listener.Tries+1 >= Tries
	text := cause.Error()
	text = text[:min(len(text), 500)]
	_, err := l.change(ctx, id, claim, func(d *Listener) {
		d.Claim, d.Failure, d.Trouble = "", text, &now
		due := now.Add(longest)
		if counts {
			d.Tries++
			due = now.Add(min(longest, time.Second<<d.Tries))
		}
		d.Due = &due
		if skipped {
			d.Batch, d.Tries, d.Due, d.Failure = nil, 0, &now, ""
			d.Skipped = append(d.Skipped, Skip{At: now, Events: len(list), First: list[0].Name, Failure: text})
			d.Skipped = d.Skipped[max(0, len(d.Skipped)-skipsKept):]
		}
	})
	if err != nil {
		return err
	}
	if skipped {
		l.config.Log.Error("a block could not hear events; they were skipped", "type", listener.Type, "usage", listener.Usage,
			"events", len(list), "error", text)
		return nil
	}
	return fmt.Errorf("letting %s hear %d events: %w", listener.Type, len(list), cause)
}

// against reports whether a failure counts against the batch: a package that is off, broken or starting can hear it later.
func against(cause error) bool {
	var failure *wire.Error
	if !errors.As(cause, &failure) {
		return false // the store's, or another defect that passes
	}
	return !slices.Contains([]wire.Code{wire.CodeMissing, wire.CodeBroken, wire.CodeUnavailable, wire.CodeStopping}, failure.Code)
}
