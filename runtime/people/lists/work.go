package lists

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/quoin-lms/quoin/runtime/store"
)

const (
	// batch is how many lines are worked on before it is written how far the list is, one after the other, so that who stands
	// there twice is found. mailsAtOnce is how many of their mails are sent together.
	batch, mailsAtOnce = 50, 8
	// lease is how long a worker may be silent.
	lease = 30 * time.Second
)

// errTaken ends the work of somebody whose list another has taken over.
var errTaken = errors.New("another worker has the list")

// Work works on a list until its state asks for a person again. worker names who works, alone of that name. A list that
// somebody works on, or that waits for a person, is left alone.
func (l *Lists) Work(ctx context.Context, id, worker string) error {
	doc, taken, err := l.take(ctx, id, worker)
	if err != nil || !taken {
		return err
	}
	for doc.Body.State.Works() {
		if doc, err = l.step(ctx, doc, worker); err != nil {
			if errors.Is(err, errTaken) {
				return nil
			}
			return fmt.Errorf("working on a list: %w", err)
		}
	}
	return nil
}

// take makes a list a worker's own for a while.
func (l *Lists) take(ctx context.Context, id, worker string) (doc store.Doc[listDoc], taken bool, err error) {
	doc, err = l.lists.Update(ctx, id, func(d *listDoc) (bool, error) {
		now := l.now()
		taken = d.State.Works() && d.Due != nil && !d.Due.After(now)
		if !taken {
			return false, nil
		}
		until := now.Add(lease)
		d.Due, d.Worker = &until, worker
		return true, nil
	})
	if err != nil {
		return doc, false, fmt.Errorf("taking a list: %w", err)
	}
	return doc, taken, nil
}

// step works on the next lines and writes how far the list is.
func (l *Lists) step(ctx context.Context, doc store.Doc[listDoc], worker string) (store.Doc[listDoc], error) {
	list := doc.Body.list(doc.ID)
	lines, _, err := l.lines.Find(ctx, store.Query{Index: "list", Equal: []any{doc.ID}, From: doc.Body.Finished, Limit: batch})
	if err != nil {
		return doc, err
	}
	results := make([]Result, len(lines))
	for i := range lines {
		if results[i], err = l.line(ctx, &list, lines[i]); err != nil {
			return doc, err
		}
	}
	if list.State == Running && list.Mail && l.notifier != nil {
		if err := l.mails(ctx, &list, lines); err != nil {
			return doc, err
		}
	}
	next := doc.Body.Lines
	if len(lines) > 0 {
		next = lines[len(lines)-1].Body.Number + 1
	}
	return l.lists.Update(ctx, doc.ID, func(d *listDoc) (bool, error) {
		if d.Worker != worker || d.State != doc.Body.State || d.Finished != doc.Body.Finished {
			return false, errTaken
		}
		if d.Totals == nil {
			d.Totals = map[Result]int{}
		}
		for _, result := range results {
			d.Totals[result]++
		}
		now := l.now()
		until := now.Add(lease)
		d.Finished, d.Due = next, &until
		if next >= d.Lines {
			d.Due, d.Worker = nil, ""
			switch d.State {
			case Checking:
				d.State = Ready
			case Running:
				d.State, d.DoneAt = Done, now
			case Undoing:
				d.State = Undone
			case Ready, Done, Undone:
			}
		}
		return true, nil
	})
}

// mails sends what lines want sent.
func (l *Lists) mails(ctx context.Context, list *List, lines []store.Doc[lineDoc]) error {
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(mailsAtOnce)
	for i := range lines {
		group.Go(func() error { return l.mail(within, list, lines[i].ID) })
	}
	return group.Wait()
}

// Sweep hands over lists that nobody works on, deletes what is too old, and returns how many there were of both.
func (l *Lists) Sweep(ctx context.Context) (int, error) {
	found := 0
	err := l.lists.Each(ctx, store.Query{Index: "due", To: l.now(), Limit: 100}, func(doc store.Doc[listDoc]) error {
		found++
		if l.config.Queue == nil {
			return l.Work(ctx, doc.ID, "sweep "+doc.ID)
		}
		list := doc.Body.list(doc.ID)
		l.hand(ctx, doc.ID, &list)
		return nil
	})
	if err != nil {
		return found, fmt.Errorf("sweeping lists: %w", err)
	}
	err = l.lists.Each(ctx, store.Query{Index: "expires", To: l.now(), Limit: 100}, func(doc store.Doc[listDoc]) error {
		found++
		err := l.dropLines(ctx, store.Query{Index: "list", Equal: []any{doc.ID}, Limit: 1000})
		if err == nil {
			err = l.lists.Delete(ctx, doc.ID, 0)
		}
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
	if err != nil {
		return found, fmt.Errorf("sweeping lists: %w", err)
	}
	return found, nil
}

// Forget drops the lines that name somebody in one of these ways: for a person who is erased.
func (l *Lists) Forget(ctx context.Context, names ...string) error {
	for _, name := range names {
		if name == "" {
			continue
		}
		if err := l.dropLines(ctx, store.Query{Index: "typed", Equal: []any{typedKey(name)}, Limit: 1000}); err != nil {
			return fmt.Errorf("forgetting a person's lines: %w", err)
		}
	}
	return nil
}

func (l *Lists) dropLines(ctx context.Context, query store.Query) error {
	return l.lines.Each(ctx, query, func(doc store.Doc[lineDoc]) error {
		if err := l.lines.Delete(ctx, doc.ID, 0); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return nil
	})
}
