package authoring

import (
	"context"
	"errors"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// Change is one block that learners will see otherwise once it is published.
type Change struct {
	Usage key.Usage
	Title string
	// Kind is new, changed, moved or removed. A block that is moved and changed is moved.
	Kind string
	// Within is the unit, or what is above units the block itself.
	Within key.Usage
	// Differences are those of the block's own content, without what is in it.
	Differences []Difference
	By          string
	Conflicts   int
	// stands are the block whose content changes and all that it stands in.
	stands []string
}

// Kinds of [Change].
const (
	ChangeNew     = "new"
	ChangeChanged = "changed"
	ChangeMoved   = "moved"
	ChangeRemoved = "removed"
)

// Changes tells what publishing a part of the course would change, in the order of the course.
func (a *Authoring) Changes(ctx context.Context, run key.Course, within key.Usage) ([]Change, error) {
	pending, err := a.Pending(ctx, run, within)
	return pending.Changes, err
}

// Pending tells what publishing a part of the course would change, and names it.
func (a *Authoring) Pending(ctx context.Context, run key.Course, within key.Usage) (Pending, error) {
	if err := a.finish(ctx, run, abandoned); err != nil {
		return Pending{}, err
	}
	w, err := a.working(ctx, run)
	if err != nil {
		return Pending{}, err
	}
	top, err := w.within(within)
	if err != nil {
		return Pending{}, err
	}
	var changes []Change
	var differing []*place
	for at := top.parent; at != nil && at.block == nil && at.draft != nil; at = at.parent { // it comes along, without what else is in it
		alone := *at
		doc := *at.draft
		doc.Body.Revision.Children = nil
		alone.draft = &doc
		changes = append([]Change{w.changeOf(at, ChangeNew)}, changes...)
		differing = append([]*place{&alone}, differing...)
	}
	top.walk(func(p *place) {
		kind := p.change()
		if kind != "" {
			changes = append(changes, w.changeOf(p, kind))
			differing = append(differing, p)
		}
		changes = append(changes, w.removedFrom(p)...)
		for len(differing) < len(changes) {
			differing = append(differing, nil)
		}
	})
	return Pending{changes, w.stateOf(top)}, a.describe(ctx, changes, differing)
}

// change says how a place differs from what is published, "" for not at all.
func (p *place) change() string {
	switch {
	case p.block == nil:
		return ChangeNew
	case p.parent != nil && p.block.Parent != nil && p.parent.usage != p.block.Parent.Usage:
		return ChangeMoved
	case p.changed:
		return ChangeChanged
	}
	return ""
}

func (w *copyOf) changeOf(p *place, kind string) Change {
	c := Change{Usage: p.usage, Kind: kind, Within: p.unit(), Title: p.title(), stands: p.stack()}
	if p.draft != nil {
		c.By, c.Conflicts = p.draft.Body.By, len(p.draft.Body.Conflicts)
	}
	return c
}

// removedFrom tells of the blocks that stand in p as published and nowhere in the working copy.
func (w *copyOf) removedFrom(p *place) []Change {
	if p.block == nil || p.draft == nil {
		return nil
	}
	var out []Change
	for _, child := range p.block.Children {
		if w.places[child.Usage] == nil {
			out = append(out, Change{Usage: child.Usage, Title: child.Title(), Kind: ChangeRemoved, Within: p.unit(), By: p.draft.Body.By, stands: p.stack()})
		}
	}
	return out
}

// stack names a place and all that it stands in.
func (p *place) stack() []string {
	var stack []string
	for at := p; at != nil; at = at.parent {
		stack = append(stack, at.usage.String())
	}
	return stack
}

// unit is the unit that the place is in, itself above units.
func (p *place) unit() key.Usage {
	for at := p; at != nil; at = at.parent {
		if at.usage.Type == "vertical" {
			return at.usage
		}
	}
	return p.usage
}

func (p *place) title() string {
	if p.draft == nil {
		return p.block.Title()
	}
	if title, _ := unquote(p.draft.Body.Revision.Fields["display_name"]); title != "" || p.block == nil {
		return title
	}
	return p.block.Title()
}

// describe fills in the differences.
func (a *Authoring) describe(ctx context.Context, changes []Change, places []*place) error {
	var hashes []string
	for _, p := range places {
		if p != nil && p.draft != nil && p.block != nil {
			hashes = append(hashes, p.block.Hash)
		}
	}
	published, err := a.courses.RevisionsByHash(ctx, hashes)
	if err != nil {
		return err
	}
	for i, p := range places {
		if p == nil || p.draft == nil {
			continue
		}
		before := &course.Revision{}
		if p.block != nil && published[p.block.Hash] != nil {
			before = published[p.block.Hash].Apart()
		}
		changes[i].Differences = differences(before, &p.draft.Body.Revision)
	}
	return nil
}

// Discard takes the changes of a part of the course back, and of others of the same course with it: they become what is published
// of them. A part that is new is removed; what is published and was moved into it goes back. It can be undone.
func (a *Authoring) Discard(ctx context.Context, who Author, within key.Usage, also ...key.Usage) (Op, error) {
	w, places, err := a.several(ctx, within.Course, append([]key.Usage{within}, also...))
	if err != nil {
		return Op{}, err
	}
	c := a.plan(within.Course, who, KindDiscard)
	tops := w.outermost(places)
	for _, top := range tops {
		switch {
		case top.block != nil:
			err = c.discard(ctx, w, top)
		case top.parent == nil:
			err = invalid(CodePlace, "", "nothing of the course is published: there is nothing to go back to")
		default:
			err = c.discardMoved(ctx, w, top)
		}
		if err != nil {
			return Op{}, err
		}
	}
	for _, top := range tops { // last: what is put back may hold a list of children that it is in
		if top.block == nil {
			if err := c.takeOut(ctx, top); err != nil {
				return Op{}, err
			}
		}
	}
	op, err := c.do(ctx)
	if err != nil {
		return op, err
	}
	return op, a.tidy(ctx, c.order)
}

func (c *changing) discard(ctx context.Context, w *copyOf, top *place) error {
	inside := map[key.Usage]bool{} // what will stand in top: what is published there
	w.published(top.usage, func(block *course.Block) { inside[block.Usage] = true })
	// What came in from elsewhere goes back first, so that it is nowhere at no moment.
	var back []*place
	top.walk(func(p *place) {
		if p.block != nil && !inside[p.usage] && p.parent != nil && inside[p.parent.usage] {
			back = append(back, p)
		}
	})
	for _, p := range back {
		if err := c.giveBack(ctx, w, p); err != nil {
			return err
		}
	}
	var failed error
	w.published(top.usage, func(block *course.Block) {
		if failed == nil {
			failed = c.unchange(ctx, w, block)
		}
	})
	if failed != nil {
		return failed
	}
	// And what went elsewhere comes from there.
	for usage := range inside {
		p := w.places[usage]
		if p == nil || p.parent == nil || p.usage == top.usage || inside[p.parent.usage] {
			continue
		}
		holder, err := c.edit(ctx, p.parent.usage)
		if err != nil {
			return err
		}
		holder.Children = slices.DeleteFunc(holder.Children, func(child course.ChildRef) bool { return child == ref(usage) })
	}
	return nil
}

// discardMoved plans that the published blocks which were moved into a new one stand where they are published, as they are published.
func (c *changing) discardMoved(ctx context.Context, w *copyOf, top *place) error {
	var failed error
	top.walk(func(p *place) {
		if failed != nil || p.block == nil {
			return
		}
		if failed = c.unchange(ctx, w, p.block); failed == nil && p.parent.block == nil {
			failed = c.giveBack(ctx, w, p)
		}
	})
	return failed
}

// unchange plans that a block says what is published.
func (c *changing) unchange(ctx context.Context, w *copyOf, block *course.Block) error {
	if w.drafts[block.Usage] == nil || w.equal(block.Usage) {
		return nil
	}
	published, err := c.authoring.courses.Revision(ctx, block.Hash)
	if err != nil {
		return err
	}
	now, err := c.edit(ctx, block.Usage)
	if err != nil {
		return err
	}
	*now = *clone(published.Apart())
	return nil
}

// giveBack plans that a moved block stands where it is published.
func (c *changing) giveBack(ctx context.Context, w *copyOf, p *place) error {
	home := p.block.Parent
	if home == nil || w.places[home.Usage] == nil {
		return nil // its place is gone too
	}
	holder, err := c.edit(ctx, home.Usage)
	if err != nil || slices.Contains(holder.Children, ref(p.usage)) {
		return err
	}
	before := ""
	for _, child := range home.Children {
		if child.Usage == p.usage {
			break
		}
		if slices.Contains(holder.Children, ref(child.Usage)) {
			before = child.Usage.String()
		}
	}
	holder.Children, err = insert(holder.Children, before, ref(p.usage))
	return err
}

// tidy takes away drafts that say what is published. They are no changes, so one that stays does no harm.
func (a *Authoring) tidy(ctx context.Context, usages []key.Usage) error {
	for _, usage := range usages {
		doc, err := a.drafts.Get(ctx, usage.String())
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		_, published, err := a.published(ctx, usage)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return err
		}
		if len(doc.Body.Conflicts) > 0 || !equal(published, &doc.Body.Revision) {
			continue
		}
		err = a.drafts.Delete(ctx, doc.ID, doc.Version)
		if err != nil && !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}
