package authoring

import (
	"context"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Heads lists what was published of a course, the newest first.
func (a *Authoring) Heads(ctx context.Context, run key.Course, after store.Cursor, limit int) ([]course.Head, store.Cursor, error) {
	return a.courses.Heads(ctx, run, after, limit)
}

// Archive says that a course's team is done with it, or that it is not.
func (a *Authoring) Archive(ctx context.Context, _ Author, run key.Course, archived bool) error {
	return notFound(a.courses.Archive(ctx, run, archived))
}

// ReturnTo makes the whole working copy what was published under a number. Learners see it once it is published again.
func (a *Authoring) ReturnTo(ctx context.Context, who Author, run key.Course, number int) (Op, error) {
	if err := a.finish(ctx, run, 0); err != nil {
		return Op{}, err
	}
	head, err := a.courses.Head(ctx, run, number)
	if err != nil {
		return Op{}, notFound(err)
	}
	if head.Root == "" {
		return Op{}, fmt.Errorf("%w: nothing was published under %d", ErrNotFound, number)
	}
	contents, err := a.courses.Revisions(ctx, head.Root)
	if err != nil {
		return Op{}, err
	}
	w, err := a.working(ctx, run)
	if err != nil {
		return Op{}, err
	}
	r := &returning{changing: a.plan(run, who, KindReturn), copy: w, contents: contents, seen: map[key.Usage]bool{}}
	r.entry.Head = number
	if err := r.walk(ctx, course.ChildRef{Type: "course", ID: course.RootID, Hash: head.Root}); err != nil {
		return Op{}, err
	}
	r.noteGone()
	return r.do(ctx)
}

// returning plans a return to what was published.
type returning struct {
	*changing
	copy     *copyOf
	contents map[string]*course.Revision
	seen     map[key.Usage]bool
}

// walk plans a block's content and that of what is in it, children first.
func (r *returning) walk(ctx context.Context, ref course.ChildRef) error {
	usage := r.run.Usage(ref.Type, ref.ID)
	if r.seen[usage] { // where it stands first
		return nil
	}
	r.seen[usage] = true
	content := r.contents[ref.Hash]
	for _, child := range content.Children {
		if err := r.walk(ctx, child); err != nil {
			return err
		}
	}
	draft, block := r.copy.drafts[usage], r.copy.blocks[usage]
	switch {
	case draft == nil && block == nil:
		r.create(usage, content)
		return nil
	case draft == nil && block.Hash == ref.Hash, draft != nil && equal(&draft.Body.Revision, content):
		return nil
	}
	now, err := r.edit(ctx, usage)
	if err != nil {
		return err
	}
	if !equal(now, content) {
		*now = *clone(content.Apart())
	}
	return nil
}

// noteGone notes the published blocks that are not in the course any more.
func (r *returning) noteGone() {
	if len(r.order) == 0 {
		return
	}
	for _, usage := range r.order {
		if r.before[usage] == nil {
			continue
		}
		r.copy.root.walk(func(p *place) {
			if p.block != nil && !r.seen[p.usage] {
				gone := ref(p.usage)
				gone.Hash = p.block.Hash
				r.gone[usage] = append(r.gone[usage], gone)
			}
		})
		return
	}
}
