package course

import (
	"context"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Heads lists what was published of a course, the newest first.
func (c *Courses) Heads(ctx context.Context, course key.Course, after store.Cursor, limit int) ([]Head, store.Cursor, error) {
	query := store.Query{Index: "course", Equal: []any{course.String()}, Reverse: true, Limit: limit, After: after}
	docs, next, err := c.heads.Find(ctx, query)
	if err != nil {
		return nil, "", fmt.Errorf("listing what was published of %s: %w", course, err)
	}
	heads := make([]Head, len(docs))
	for i, doc := range docs {
		heads[i] = doc.Body.Head
	}
	return heads, next, nil
}

// Head gives what was published of a course under a number, or ErrNotFound.
func (c *Courses) Head(ctx context.Context, course key.Course, number int) (Head, error) {
	doc, err := c.heads.Get(ctx, headID(course, number))
	if errors.Is(err, store.ErrNotFound) {
		return Head{}, fmt.Errorf("%w: publish %d of %s", ErrNotFound, number, course)
	}
	return doc.Body.Head, err
}

// Archive says that a course's team is done with it, or that it is not.
func (c *Courses) Archive(ctx context.Context, course key.Course, archived bool) error {
	_, err := c.runs.Update(ctx, course.String(), func(run *Run) (bool, error) {
		if run.Key == "" {
			return false, fmt.Errorf("%w: %s", ErrNotFound, course)
		}
		if run.Archived == archived {
			return false, nil
		}
		run.Archived = archived
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("archiving %s: %w", course, err)
	}
	c.forgetEntry(course)
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.loaded, course)
	return nil
}
