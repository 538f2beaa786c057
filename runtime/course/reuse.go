package course

import (
	"context"
	"errors"

	"github.com/quoin-lms/quoin/runtime/store"
)

// reused is a subsection as the head before derived it, and the blocks that are in it.
type reused struct {
	subsection *subsection
	places     []string
}

// errTwice means that a subsection that was to be reused holds a block that stands further up now.
var errTwice = errors.New("a block of a subsection that is the same stands elsewhere too")

// reuse reads what the head before derived. Subsections with broken blocks are tried again, and so are those that lacked a block
// because it stood elsewhere too.
func (d *deriving) reuse(ctx context.Context, base int) error {
	doc, err := d.courses.runs.Get(ctx, d.course.String())
	if errors.Is(err, store.ErrNotFound) || err == nil && (doc.Body.Head.Number != base || doc.Body.Head.Outline == "") {
		return nil // whoever is not up to date hears so when he publishes
	}
	if err != nil {
		return err
	}
	before, err := d.courses.outlines.Get(ctx, doc.Body.Head.Outline)
	if err != nil {
		return err
	}
	d.reused = reusable(&before.Body)
	return nil
}

func reusable(before *outline) map[ChildRef]*reused {
	kept := map[ChildRef]*reused{}
	var inOrder []*reused
	for i := range before.Sections {
		section := &before.Sections[i]
		for j := range section.Subsections {
			sub := &section.Subsections[j]
			r := &reused{subsection: sub}
			inOrder = append(inOrder, r)
			if !sub.Afresh && Structural(section.Node.Type) && Structural(before.Root.Type) {
				kept[ChildRef{sub.Node.Type, sub.Node.ID, sub.Node.Hash}] = r
			}
		}
	}
	for place, at := range before.Where {
		if at >= 0 && at < len(inOrder) {
			inOrder[at].places = append(inOrder[at].places, place)
		}
	}
	return kept
}

// again gives a subsection as the head before derived it, nil when it has to be derived.
func (d *deriving) again(ref ChildRef, where store.Map[int], place int) (*subsection, error) {
	r := d.reused[ref]
	if r == nil {
		return nil, nil
	}
	for _, in := range r.places {
		if _, there := where[in]; there {
			return nil, errTwice
		}
		where[in] = place
	}
	return r.subsection, nil
}

// Draw derives what pages need of a tree without publishing it: p.Root and what is under it, of which contents holds, by hash,
// what is in no store. Subsections that are as the course has them published are reused if p.Reuse says so. Its head's number is
// -1: nothing may be remembered of it as of a published one.
func (c *Courses) Draw(ctx context.Context, outliner Outliner, p Publication, contents map[string]*Revision) (*Published, error) {
	d := &deriving{courses: c, outliner: outliner, course: p.Course, contents: contents}
	run, err := c.Run(ctx, p.Course)
	if err != nil {
		return nil, err
	}
	if p.Reuse {
		if err := d.reuse(ctx, run.Head.Number); err != nil {
			return nil, err
		}
	}
	out, err := d.outline(ctx, p.Root)
	if err != nil {
		return nil, err
	}
	root := d.revisions[p.Root]
	run.Head = Head{Root: p.Root, Number: -1, At: c.now()}
	run.Settings = root.Fields
	if title := text(root.Fields["display_name"]); title != "" {
		run.Title = title
	}
	drawn, err := c.grow(p.Course, run, out)
	if err != nil {
		return nil, err
	}
	return drawn, d.fill(drawn)
}

// fill gives a course that is in no store its blocks, but for those of subsections that are reused.
func (d *deriving) fill(drawn *Published) error {
	tables := make(map[string]*table, len(d.tables))
	for i := range d.tables {
		tables[d.tables[i].ID] = &d.tables[i].Body
	}
	words := make(map[string]*texts, len(d.words))
	for i := range d.words {
		words[d.words[i].ID] = &d.words[i].Body
	}
	for _, sub := range drawn.Subsections {
		if t := tables[sub.table]; t != nil {
			if err := sub.fill(t); err != nil {
				return err
			}
		}
		sub.said = words[sub.texts]
	}
	return nil
}
