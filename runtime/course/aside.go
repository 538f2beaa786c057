package course

import (
	"context"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// asideDoc is a draft that something which replaced the course took out of the working copy. Nothing of it is lost: it comes back
// when that is undone, or when its team asks for it.
type asideDoc struct {
	Course string `bson:"course"`
	// Under names what put it aside.
	Under string `bson:"under"`
	Draft Draft  `bson:"draft"`
}

func asideSpec() store.Spec {
	return store.Spec{Name: "drafts_aside", Indexes: []store.Index{{Name: "under", Fields: []string{"course", "under"}}}}
}

// SetAside takes those of a course's drafts out of the working copy for which which says so, and keeps them under a name. Doing it
// again goes on where a crash ended it. It returns how many there are under the name.
func (c *Courses) SetAside(ctx context.Context, course key.Course, under string, which func(Draft) bool) (int, error) {
	err := c.drafts.Each(ctx, store.Query{Index: "course", Equal: []any{course.String()}}, func(doc store.Doc[Draft]) error {
		if !which(doc.Body) {
			return nil
		}
		_, err := c.aside.Update(ctx, store.ID(course.String(), under, doc.Body.Usage), func(d *asideDoc) (bool, error) {
			*d = asideDoc{Course: course.String(), Under: under, Draft: doc.Body}
			return true, nil
		})
		if err != nil {
			return err
		}
		err = c.drafts.Delete(ctx, doc.ID, doc.Version)
		if errors.Is(err, store.ErrConflict) {
			return fmt.Errorf("%w: %s was changed meanwhile", ErrStale, doc.Body.Usage)
		}
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("setting drafts of %s aside: %w", course, err)
	}
	kept, err := c.Aside(ctx, course, under)
	return len(kept), err
}

// Aside gives the drafts that were set aside under a name.
func (c *Courses) Aside(ctx context.Context, course key.Course, under string) ([]Draft, error) {
	var drafts []Draft
	err := c.aside.Each(ctx, store.Query{Index: "under", Equal: []any{course.String(), under}}, func(doc store.Doc[asideDoc]) error {
		drafts = append(drafts, doc.Body.Draft)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing drafts of %s that were set aside: %w", course, err)
	}
	return drafts, nil
}

// BringBack puts drafts that were set aside under a name into the working copy again. Where somebody has begun another draft
// meanwhile, that one stays, and the usage is told. Those that were set aside stay kept, so doing it again is harmless.
func (c *Courses) BringBack(ctx context.Context, course key.Course, under string) (left []string, err error) {
	drafts, err := c.Aside(ctx, course, under)
	if err != nil {
		return nil, err
	}
	for i := range drafts {
		draft := drafts[i]
		err := c.drafts.Insert(ctx, draft.Usage, draft)
		if errors.Is(err, store.ErrExists) {
			doc, err := c.drafts.Get(ctx, draft.Usage)
			if err == nil && doc.Body.Revision.Hash() != draft.Revision.Hash() {
				left = append(left, draft.Usage)
			}
			continue
		}
		if err != nil {
			return left, fmt.Errorf("bringing the draft of %s back: %w", draft.Usage, err)
		}
	}
	return left, nil
}

// Revisions gives every revision under a root, by hash.
func (c *Courses) Revisions(ctx context.Context, root string) (map[string]*Revision, error) {
	d := &deriving{courses: c}
	if err := d.read(ctx, root); err != nil {
		return nil, fmt.Errorf("reading the content under %s: %w", root, err)
	}
	return d.revisions, nil
}

// Withdraw takes a course's published content away, with the settings that came of it: the course is what it was before its first
// publish. base is the number of the head that is there.
func (c *Courses) Withdraw(ctx context.Context, course key.Course, base int, before ImportBefore, by, note string) (Head, error) {
	doc, err := c.runs.Update(ctx, course.String(), func(run *Run) (bool, error) {
		if run.Head.Number != base {
			return false, ErrStale
		}
		run.Head = Head{Number: base + 1, At: c.now(), By: by, Note: note}
		run.Settings, run.Grading, run.Import = nil, before.Grading, before.Import
		if before.Title != "" {
			run.Title = before.Title
		}
		return true, nil
	})
	if err != nil {
		return Head{}, fmt.Errorf("withdrawing %s: %w", course, err)
	}
	c.forget(course)
	return doc.Body.Head, nil
}
