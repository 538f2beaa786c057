package authoring

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// NewBlock is a block to add.
type NewBlock struct {
	Type   string
	Title  string
	Fields wire.Fields
}

// levels are the host's own containers, from the outside in: each stands in the one before.
var levels = []string{"course", "chapter", "sequential", "vertical"}

// fits refuses a type of block where it may not stand.
func fits(parent, child string) error {
	in, is := slices.Index(levels, parent), slices.Index(levels, child)
	switch {
	case is == 0:
	case is > 0 && in == is-1:
		return nil
	case is < 0 && (in < 0 || in == len(levels)-1):
		return nil
	}
	return invalid(CodePlace, "", "a %s may not stand in a %s", child, parent)
}

// Add adds a new block to another one, behind the child whose usage key or block id is after; "" is the first place, "-" the last.
func (a *Authoring) Add(ctx context.Context, who Author, parent key.Usage, after string, b NewBlock) (key.Usage, Op, error) {
	if err := a.finish(ctx, parent.Course, abandoned); err != nil {
		return key.Usage{}, Op{}, err
	}
	if err := fits(parent.Type, b.Type); err != nil {
		return key.Usage{}, Op{}, err
	}
	if _, installed := a.config.Blocks.Declared(ctx, b.Type); !installed && !course.Structural(b.Type) {
		return key.Usage{}, Op{}, invalid(CodeType, "", "no block of type %q is installed", b.Type)
	}
	revision := &course.Revision{Type: b.Type, Fields: store.Map[string]{}}
	if err := a.assignAll(ctx, revision, b.Fields); err != nil {
		return key.Usage{}, Op{}, err
	}
	if b.Title != "" {
		revision.Fields["display_name"] = quote(b.Title)
	}
	c := a.plan(parent.Course, who, KindAdd)
	c.entry.Titles, c.entry.Types = []string{cmp.Or(b.Title, "@"+b.Type)}, []string{b.Type}
	usage := parent.Course.Usage(b.Type, a.config.NewID())
	c.create(usage, revision)
	holder, err := c.edit(ctx, parent)
	if err != nil {
		return usage, Op{}, err
	}
	if holder.Children, err = insert(holder.Children, after, ref(usage)); err != nil {
		return usage, Op{}, err
	}
	op, err := c.do(ctx)
	return usage, op, err
}

// Last is the place behind all children.
const Last = "-"

// insert puts children behind one of a list, named by usage key or block id.
func insert(children []course.ChildRef, after string, refs ...course.ChildRef) ([]course.ChildRef, error) {
	at := 0
	switch after {
	case "":
	case Last:
		at = len(children)
	default:
		blockType, id := "", after
		if usage, err := key.ParseUsage(after); err == nil {
			blockType, id = usage.Type, usage.ID
		}
		at = 1 + slices.IndexFunc(children, func(c course.ChildRef) bool {
			return c.ID == id && (blockType == "" || c.Type == blockType)
		})
		if at == 0 { // it is not there any more: somebody moved it
			at = len(children)
		}
	}
	if len(children)+len(refs) > maxChildren {
		return nil, invalid(CodeTooLarge, "", "%d blocks in one; %d are allowed", len(children)+len(refs), maxChildren)
	}
	return slices.Insert(slices.Clone(children), at, refs...), nil
}

// assignAll sets fields of a block, null to unset them.
func (a *Authoring) assignAll(ctx context.Context, r *course.Revision, fields wire.Fields) error {
	allowed := a.Writable(ctx, r.Type)
	if r.Fields == nil {
		r.Fields = store.Map[string]{}
	}
	for name, value := range fields {
		if !allowed(name) {
			return invalid(CodeField, name, "a %s has no such field", r.Type)
		}
		text, err := canonical(value)
		if err != nil {
			return invalid(CodeValue, name, "the value cannot be taken: %v", err)
		}
		if kind, known := course.SettingType(name); known && text != null {
			one := wire.Fields{name: json.RawMessage(text)}
			if _, err := course.DecodeSettings(one); err != nil {
				return invalid(CodeValue, name, "%q is no %s", text, kind)
			}
		}
		assign(r.Fields, name, text)
	}
	return nil
}

// several reads the working copy for an operation on some blocks of one course.
func (a *Authoring) several(ctx context.Context, run key.Course, usages []key.Usage) (*copyOf, []*place, error) {
	if len(usages) == 0 || len(usages) > maxUsages {
		return nil, nil, invalid(CodeTooLarge, "", "%d blocks at once; 1 to %d are allowed", len(usages), maxUsages)
	}
	if err := a.finish(ctx, run, abandoned); err != nil {
		return nil, nil, err
	}
	w, err := a.working(ctx, run)
	if err != nil {
		return nil, nil, err
	}
	places, err := w.findAll(usages)
	return w, places, err
}

// findAll gives the places of blocks, each once, or ErrNotFound.
func (w *copyOf) findAll(usages []key.Usage) ([]*place, error) {
	places := make([]*place, 0, len(usages))
	for _, usage := range usages {
		p, err := w.find(usage)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(places, p) {
			places = append(places, p)
		}
	}
	return places, nil
}

// Remove takes blocks out of the course. They can be brought back by undo, also after the course was published without them.
func (a *Authoring) Remove(ctx context.Context, who Author, usages ...key.Usage) (Op, error) {
	if len(usages) == 0 {
		return Op{}, invalid(CodeTooLarge, "", "no blocks to remove")
	}
	_, places, err := a.several(ctx, usages[0].Course, usages)
	if err != nil {
		return Op{}, err
	}
	c := a.plan(usages[0].Course, who, KindRemove)
	for _, p := range places {
		if p.parent == nil {
			return Op{}, invalid(CodePlace, "", "a course cannot be removed from itself")
		}
		c.name(ctx, p)
		if err := c.takeOut(ctx, p); err != nil {
			return Op{}, err
		}
	}
	return c.do(ctx)
}

// mostTitles bounds the blocks that a line of the history names.
const mostTitles = 20

// name notes what the operation is about, as it is called now.
func (c *changing) name(ctx context.Context, p *place) {
	if len(c.entry.Titles) == mostTitles {
		return
	}
	title := p.title()
	if title == "" && p.draft != nil {
		title = c.authoring.Spoken(ctx, p.usage.Type, p.draft.Body.Revision.Fields)
	}
	if title == "" && p.block != nil {
		if revision, err := c.authoring.courses.Revision(ctx, p.block.Hash); err == nil { // without it, the kind has to do
			title = c.authoring.Spoken(ctx, p.usage.Type, revision.Fields)
		}
	}
	c.entry.Titles = append(c.entry.Titles, cmp.Or(title, "@"+p.usage.Type))
	c.entry.Types = append(c.entry.Types, p.usage.Type)
}

// takeOut plans that a block stands no more where it does, and notes what is published of it.
func (c *changing) takeOut(ctx context.Context, p *place) error {
	holder, err := c.edit(ctx, p.parent.usage)
	if err != nil {
		return err
	}
	holder.Children = slices.DeleteFunc(holder.Children, func(child course.ChildRef) bool { return child == ref(p.usage) })
	c.at(p.usage)
	p.walk(func(p *place) {
		if p.block != nil {
			gone := ref(p.usage)
			gone.Hash = p.block.Hash
			c.gone[holderOf(p, c)] = append(c.gone[holderOf(p, c)], gone)
		}
	})
	return nil
}

// holderOf is the block whose change takes p out.
func holderOf(p *place, c *changing) key.Usage {
	for at := p.parent; at != nil; at = at.parent {
		if c.after[at.usage] != nil {
			return at.usage
		}
	}
	return key.Usage{}
}

// Move moves blocks of the course into another one, behind after (see [Authoring.Add]), in the order given.
func (a *Authoring) Move(ctx context.Context, who Author, to key.Usage, after string, usages ...key.Usage) (Op, error) {
	w, places, err := a.several(ctx, to.Course, usages)
	if err != nil {
		return Op{}, err
	}
	target, err := w.find(to)
	if err != nil {
		return Op{}, err
	}
	c := a.plan(to.Course, who, KindMove)
	holder, err := c.edit(ctx, to)
	if err != nil {
		return Op{}, err
	}
	refs := make([]course.ChildRef, len(places))
	for i, p := range places {
		if err := fits(to.Type, p.usage.Type); err != nil {
			return Op{}, err
		}
		if target.stands(p) {
			return Op{}, invalid(CodePlace, "", "%s cannot stand in itself", p.usage)
		}
		refs[i] = ref(p.usage)
		c.name(ctx, p)
		c.at(p.usage)
	}
	if slices.ContainsFunc(refs, func(r course.ChildRef) bool { return r.ID == after || w.key.Usage(r.Type, r.ID).String() == after }) {
		return Op{}, invalid(CodePlace, "", "blocks cannot stand behind themselves")
	}
	stay := slices.DeleteFunc(slices.Clone(holder.Children), func(child course.ChildRef) bool { return slices.Contains(refs, child) })
	if holder.Children, err = insert(stay, after, refs...); err != nil {
		return Op{}, err
	}
	for _, p := range places {
		if p.parent == target {
			continue
		}
		from, err := c.edit(ctx, p.parent.usage)
		if err != nil {
			return Op{}, err
		}
		from.Children = slices.DeleteFunc(from.Children, func(child course.ChildRef) bool { return child == ref(p.usage) })
	}
	return c.do(ctx)
}

// Set sets fields of several blocks at once; null unsets.
func (a *Authoring) Set(ctx context.Context, who Author, fields wire.Fields, usages ...key.Usage) (Op, error) {
	if len(usages) == 0 {
		return Op{}, invalid(CodeTooLarge, "", "no blocks to change")
	}
	run := usages[0].Course
	if len(usages) > maxUsages {
		return Op{}, invalid(CodeTooLarge, "", "%d blocks at once; %d are allowed", len(usages), maxUsages)
	}
	if err := a.finish(ctx, run, abandoned); err != nil {
		return Op{}, err
	}
	c := a.plan(run, who, KindSet)
	for name := range fields {
		c.entry.Fields = append(c.entry.Fields, name)
	}
	slices.Sort(c.entry.Fields)
	for _, usage := range usages {
		if usage.Course != run {
			return Op{}, fmt.Errorf("%w: %s", ErrNotFound, usage)
		}
		revision, err := c.edit(ctx, usage)
		if err != nil {
			return Op{}, err
		}
		if err := a.assignAll(ctx, revision, fields); err != nil {
			return Op{}, err
		}
	}
	return c.do(ctx)
}

// Duplicate puts a copy of each of some blocks of one course, with all in it as it is in the working copy, behind it. A block that
// stands in another one of them is copied with that. named makes the copy's title of the block's, nil for the same; what has no title
// gets none.
func (a *Authoring) Duplicate(ctx context.Context, who Author, named func(title string) string, usages ...key.Usage) ([]key.Usage, Op, error) {
	if len(usages) == 0 {
		return nil, Op{}, invalid(CodeTooLarge, "", "no blocks to copy")
	}
	w, places, err := a.several(ctx, usages[0].Course, usages)
	if err != nil {
		return nil, Op{}, err
	}
	c := a.plan(usages[0].Course, who, KindDuplicate)
	var made []key.Usage
	for _, p := range w.outermost(places) {
		if p.parent == nil {
			return nil, Op{}, invalid(CodePlace, "", "a course cannot stand in itself")
		}
		c.name(ctx, p)
		copied, err := c.copyTree(ctx, p)
		if err != nil {
			return nil, Op{}, err
		}
		if title := p.title(); title != "" && named != nil && c.after[copied].Fields["display_name"] != "" {
			c.after[copied].Fields["display_name"] = quote(named(title))
		}
		made = append(made, copied)
	}
	for i, p := range w.outermost(places) {
		holder, err := c.edit(ctx, p.parent.usage)
		if err != nil {
			return nil, Op{}, err
		}
		if holder.Children, err = insert(holder.Children, p.usage.String(), ref(made[i])); err != nil {
			return nil, Op{}, err
		}
	}
	op, err := c.do(ctx)
	return made, op, err
}

// copyTree plans new blocks with the content of a place and all below it.
func (c *changing) copyTree(ctx context.Context, p *place) (key.Usage, error) {
	var all []*place
	p.walk(func(p *place) { all = append(all, p) })
	if len(all) > maxUsages {
		return key.Usage{}, invalid(CodeTooLarge, "", "%d blocks at once; %d are allowed", len(all), maxUsages)
	}
	contents, err := c.authoring.contents(ctx, all...)
	if err != nil {
		return key.Usage{}, err
	}
	var grow func(p *place) key.Usage
	grow = func(p *place) key.Usage {
		revision := clone(contents[p])
		revision.Children = nil
		if p.usage.Course != c.run {
			c.authoring.withoutKeys(ctx, p.usage.Type, revision)
		}
		for _, child := range p.children {
			revision.Children = append(revision.Children, ref(grow(child)))
		}
		usage := c.run.Usage(p.usage.Type, c.authoring.config.NewID())
		c.create(usage, revision)
		return usage
	}
	return grow(p), nil
}
