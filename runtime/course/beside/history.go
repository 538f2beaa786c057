package beside

import (
	"context"
	"fmt"
	"time"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Entry is one change of one file or page, for people.
type Entry struct {
	Op, Name, Did, Note, By string
	Kind                    Kind
	At                      time.Time
	Before, After           State
}

// History lists changes, newest first: of one file or page, or of the whole course where name is "".
func (b *Beside) History(ctx context.Context, run key.Course, kind Kind, name string, after store.Cursor, limit int) ([]Entry, store.Cursor, error) {
	query := store.Query{Index: "course", Equal: []any{run.String()}, Reverse: true, After: after, Limit: limit}
	if name != "" {
		query.Index, query.Equal = "one", []any{run.String(), string(kind), name}
	}
	docs, next, err := b.entries.Find(ctx, query)
	if err != nil {
		return nil, "", fmt.Errorf("listing changes of %s: %w", run, err)
	}
	entries := make([]Entry, 0, len(docs))
	for i := range docs {
		d := &docs[i].Body
		happened, err := b.happened(ctx, run, d)
		if err != nil {
			return nil, "", fmt.Errorf("listing changes of %s: %w", run, err)
		}
		if happened {
			entries = append(entries, Entry{d.Op, d.Name, d.Did, d.Note, d.By, d.Kind, d.At, d.Before, d.After})
		}
	}
	return entries, next, nil
}

// happened reports whether an entry counts: one that a crash left open does if its document names it.
func (b *Beside) happened(ctx context.Context, run key.Course, d *entryDoc) (bool, error) {
	if !d.Open {
		return true, nil
	}
	_, op, _, err := b.of(run, d.Kind, d.Name).read(ctx)
	return op == d.Op, err
}

// Undo puts back what an op changed, as an op of its own: undoing that is doing it again. What somebody changed since stays and is
// told by name.
func (b *Beside) Undo(ctx context.Context, run key.Course, by, op string) (undone Op, left []string, err error) {
	undone = b.Begin(run, by, "undo")
	left, err = b.UndoAs(ctx, undone, op)
	return undone, left, err
}

// UndoAs is Undo under a name that the caller chose, so that it can be done again after a crash.
func (b *Beside) UndoAs(ctx context.Context, as Op, op string) (left []string, err error) {
	run, found := as.Course, false
	err = b.entries.Each(ctx, store.Query{Index: "op", Equal: []any{run.String(), op}, Limit: 200}, func(doc store.Doc[entryDoc]) error {
		d := &doc.Body
		happened, err := b.happened(ctx, run, d)
		if err != nil || !happened {
			return err
		}
		found = true
		document := b.of(run, d.Kind, d.Name)
		touched := false
		_, err = b.change(ctx, as, document, func(now State) (State, error) {
			if touched = !same(now, d.After); touched {
				return now, nil
			}
			return d.Before, nil
		})
		if touched {
			left = append(left, d.Name)
		}
		return err
	})
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("undoing a change of %s: %w", run, err)
	}
	return left, nil
}

// Find gives one entry of a file or page, or ErrNotFound.
func (b *Beside) Find(ctx context.Context, run key.Course, kind Kind, name, op string) (Entry, error) {
	doc, err := b.entries.Get(ctx, entryID(run, op, b.of(run, kind, name)))
	if err != nil {
		return Entry{}, fmt.Errorf("%w: change %q of %q", ErrNotFound, op, name)
	}
	d := &doc.Body
	return Entry{d.Op, d.Name, d.Did, d.Note, d.By, d.Kind, d.At, d.Before, d.After}, nil
}
