package course

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Holds reports whether the course has a block of one of these types.
func (p *Published) Holds(types ...string) bool {
	for _, held := range p.types {
		if slices.ContainsFunc(held, func(blockType string) bool { return slices.Contains(types, blockType) }) {
			return true
		}
	}
	return false
}

// Reoutline asks the blocks of a published course for their facts again and makes a new head of the same content, if anything
// is another one by now: a block has come, or its next version says something else. It reports whether there is a new head.
// Whoever published in between was faster, and asked the same blocks.
func (c *Courses) Reoutline(ctx context.Context, outliner Outliner, run key.Course, by, note string) (bool, error) {
	fail := func(err error) (bool, error) { return false, fmt.Errorf("outlining %s again: %w", run, err) }
	doc, err := c.runs.Get(ctx, run.String())
	if errors.Is(err, store.ErrNotFound) || err == nil && doc.Body.Head.Number == 0 {
		return false, nil
	}
	if err != nil {
		return fail(err)
	}
	head := doc.Body.Head
	d := &deriving{courses: c, outliner: outliner, course: run}
	out, err := d.outline(ctx, head.Root)
	if err != nil {
		return fail(err)
	}
	id, err := addressed(out)
	if err != nil {
		return fail(err)
	}
	if id == head.Outline {
		return false, nil
	}
	if _, err := d.store(ctx, out); err != nil {
		return fail(err)
	}
	_, err = c.swap(ctx, Publication{Course: run, Root: head.Root, Base: head.Number, By: by, Note: note}, id, d.revisions[head.Root], d.libraries())
	if errors.Is(err, ErrStale) {
		return false, nil
	}
	if err != nil {
		return fail(err)
	}
	return true, nil
}
