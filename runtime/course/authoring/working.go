package authoring

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
)

// place is one block of the working copy, where it stands.
type place struct {
	usage    key.Usage
	parent   *place
	children []*place
	draft    *store.Doc[course.Draft] // nil for a block as it is published
	block    *course.Block            // nil for one of which nothing is published
	// changed says that the draft says something else than what is published.
	changed bool
}

// copyOf is the working copy of a course at one moment.
type copyOf struct {
	run    course.Run
	key    key.Course
	head   *course.Published // nil when nothing is published
	blocks map[key.Usage]*course.Block
	drafts map[key.Usage]*store.Doc[course.Draft]
	// revisions are what is published of the blocks that have drafts.
	revisions map[string]*course.Revision
	root      *place
	places    map[key.Usage]*place
}

// draftPage is how many drafts are read at once.
var draftPage = 1000

// attempts bounds how often a course is read again because blocks were moved meanwhile.
const attempts = 8

// working reads the whole working copy. Drafts are read before the head, see current. They are not read at one moment: a block
// that is moved meanwhile could be seen at neither of its places. So they are read again after such an operation.
func (a *Authoring) working(ctx context.Context, run key.Course) (*copyOf, error) {
	for range attempts {
		moved, err := a.newestMove(ctx, run)
		if err != nil {
			return nil, err
		}
		w, err := a.readCopy(ctx, run)
		if err != nil {
			return nil, err
		}
		now, err := a.newestMove(ctx, run)
		if err != nil {
			return nil, err
		}
		if now == moved {
			return w, nil
		}
	}
	return nil, fmt.Errorf("%w: %s is being changed without a pause", ErrStale, run)
}

func (a *Authoring) readCopy(ctx context.Context, run key.Course) (*copyOf, error) {
	w := &copyOf{
		key: run, drafts: map[key.Usage]*store.Doc[course.Draft]{}, blocks: map[key.Usage]*course.Block{}, places: map[key.Usage]*place{},
	}
	query := store.Query{Index: "course", Equal: []any{run.String()}, Limit: draftPage}
	err := a.drafts.Each(ctx, query, func(doc store.Doc[course.Draft]) error {
		if usage, err := key.ParseUsage(doc.Body.Usage); err == nil {
			doc.Body.Revision = *doc.Body.Revision.Apart()
			w.drafts[usage] = &doc
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the drafts of %s: %w", run, err)
	}
	if w.head, err = a.head(ctx, run); err != nil {
		return nil, err
	}
	if w.head != nil {
		w.run = w.head.Run
		all, err := w.head.All(ctx)
		if err != nil {
			return nil, err
		}
		for _, block := range all {
			w.blocks[block.Usage] = block
		}
	} else if w.run, err = a.courses.Run(ctx, run); err != nil {
		return nil, notFound(err)
	}
	var hashes []string
	for usage := range w.drafts {
		if block := w.blocks[usage]; block != nil {
			hashes = append(hashes, block.Hash)
		}
	}
	if w.revisions, err = a.courses.RevisionsByHash(ctx, hashes); err != nil {
		return nil, err
	}
	w.root = w.grow(run.Usage("course", course.RootID), nil, 0)
	if w.root == nil {
		return nil, fmt.Errorf("%w: %s has no content", ErrNotFound, run)
	}
	return w, nil
}

// grow places a block and what stands in it. A block that stands twice is where it stands first, as in publishing.
func (w *copyOf) grow(usage key.Usage, parent *place, depth int) *place {
	p := &place{usage: usage, parent: parent, draft: w.drafts[usage], block: w.blocks[usage]}
	if p.draft == nil && p.block == nil || w.places[usage] != nil || depth > maxDepth {
		return nil
	}
	w.places[usage] = p
	for _, child := range w.children(p) {
		if below := w.grow(child, p, depth+1); below != nil {
			p.children = append(p.children, below)
		}
	}
	if p.draft != nil {
		w.leaveOut(p)
		p.changed = !w.equal(usage)
	}
	return p
}

// leaveOut takes from a draft, as it was read, the children that stand further up too, which two authors' moves at once leave
// behind, and those of which there is nothing.
func (w *copyOf) leaveOut(p *place) {
	list := &p.draft.Body.Revision.Children
	if len(*list) == len(p.children) {
		return
	}
	*list = nil
	for _, child := range p.children {
		*list = append(*list, ref(child.usage))
	}
}

// equal reports whether a block's draft says what is published.
func (w *copyOf) equal(usage key.Usage) bool {
	block, draft := w.blocks[usage], w.drafts[usage]
	if block == nil || draft == nil || w.revisions[block.Hash] == nil {
		return false
	}
	return equal(w.revisions[block.Hash], &draft.Body.Revision)
}

// children names what stands in a block.
func (w *copyOf) children(p *place) []key.Usage {
	var out []key.Usage
	if p.draft != nil {
		for _, child := range p.draft.Body.Revision.Children {
			out = append(out, w.key.Usage(child.Type, child.ID))
		}
		return out
	}
	for _, child := range p.block.Children {
		out = append(out, child.Usage)
	}
	return out
}

// published visits a block as it is published and all that is in it, parents first.
func (w *copyOf) published(usage key.Usage, visit func(*course.Block)) {
	block := w.blocks[usage]
	if block == nil {
		return
	}
	visit(block)
	for _, child := range block.Children {
		w.published(child.Usage, visit)
	}
}

// find gives a block's place, or ErrNotFound.
func (w *copyOf) find(usage key.Usage) (*place, error) {
	if p := w.places[usage]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%w: %s", ErrNotFound, usage)
}

// within gives the place of a usage, the course's own for a zero one.
func (w *copyOf) within(usage key.Usage) (*place, error) {
	if usage.IsZero() {
		return w.root, nil
	}
	return w.find(usage)
}

// walk visits a place and all below it, parents first.
func (p *place) walk(visit func(*place)) {
	visit(p)
	for _, child := range p.children {
		child.walk(visit)
	}
}

// outermost leaves out the places that stand in others of them, and gives the rest in the order of the course.
func (w *copyOf) outermost(places []*place) []*place {
	var out []*place
	w.root.walk(func(p *place) {
		if slices.Contains(places, p) && !slices.ContainsFunc(out, p.stands) {
			out = append(out, p)
		}
	})
	return out
}

// stands reports whether a place is another one or stands in it.
func (p *place) stands(in *place) bool {
	for at := p; at != nil; at = at.parent {
		if at == in {
			return true
		}
	}
	return false
}

// own gives the host's settings that are set on the block itself.
func (p *place) own() map[string]string {
	if p.draft != nil {
		return p.draft.Body.Revision.Fields
	}
	out := make(map[string]string, len(p.block.Own))
	for name, value := range p.block.Own {
		out[name] = string(value)
	}
	return out
}

// contents gives the content of some places, without the hashes of children.
func (a *Authoring) contents(ctx context.Context, places ...*place) (map[*place]*course.Revision, error) {
	var hashes []string
	for _, p := range places {
		if p.draft == nil {
			hashes = append(hashes, p.block.Hash)
		}
	}
	published, err := a.courses.RevisionsByHash(ctx, hashes)
	if err != nil {
		return nil, err
	}
	out := make(map[*place]*course.Revision, len(places))
	for _, p := range places {
		if p.draft != nil {
			out[p] = &p.draft.Body.Revision
			continue
		}
		revision := published[p.block.Hash]
		if revision == nil {
			return nil, errors.New("revision " + p.block.Hash + " is missing from the store")
		}
		out[p] = revision.Apart()
	}
	return out, nil
}
