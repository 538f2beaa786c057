package authoring

import (
	"context"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// composing makes the content of a course of which some parts are as the team has them and the rest as it is published.
type composing struct {
	authoring *Authoring
	copy      *copyOf
	// tops are the parts, none of which stands in another one, in the order of the course.
	tops []*place
	// exact makes nothing but the parts and the way to them, as the team has them.
	exact  bool
	inside map[key.Usage]bool // what stands in tops
	// contents are the contents that are in no store, by hash; made tells which block got which.
	contents map[string]*course.Revision
	made     map[key.Usage]string
	// need are the published contents that are read at once; the first walk fills it and makes nothing.
	need   map[string]*course.Revision
	dry    bool
	active map[key.Usage]bool
}

// compose makes the root of a course in which the parts below tops are as in the working copy. A block that was moved out of them
// stays where it is published until the place that it was moved to is published; one that was moved in leaves its old place.
func (a *Authoring) compose(ctx context.Context, w *copyOf, tops []*place, exact bool) (*composing, string, error) {
	c := &composing{authoring: a, copy: w, tops: w.outermost(tops), exact: exact, inside: map[key.Usage]bool{}, need: map[string]*course.Revision{}}
	for _, top := range c.tops {
		top.walk(func(p *place) { c.inside[p.usage] = true })
	}
	c.dry = true
	c.start()
	var hashes []string
	for hash := range c.need {
		hashes = append(hashes, hash)
	}
	var err error
	if c.need, err = a.courses.RevisionsByHash(ctx, hashes); err != nil {
		return nil, "", err
	}
	for _, hash := range hashes {
		if c.need[hash] == nil {
			return nil, "", fmt.Errorf("revision %s is missing from the store", hash)
		}
	}
	c.dry = false
	return c, c.start(), nil
}

func (c *composing) start() string {
	c.contents, c.made, c.active = map[string]*course.Revision{}, map[key.Usage]string{}, map[key.Usage]bool{}
	if c.isTop(c.copy.root) {
		return c.build(c.copy.root)
	}
	if c.exact || c.copy.head == nil {
		return c.chain(c.copy.root)
	}
	return c.asPublished(c.copy.blocks[c.copy.root.usage])
}

// isTop reports whether a place is one of the parts.
func (c *composing) isTop(p *place) bool { return p != nil && slices.Contains(c.tops, p) }

// build makes the content of a place of a part and of all below it.
func (c *composing) build(p *place) string {
	var refs []course.ChildRef
	for _, child := range p.children {
		refs = append(refs, c.named(child.usage, c.build(child)))
	}
	if p.block != nil {
		if !c.exact {
			refs = c.keep(p, refs)
		}
		if !p.changed && c.same(p.block, refs) {
			return p.block.Hash
		}
	}
	return c.make(p, refs)
}

// keep adds the published children that were moved to places outside of the parts.
func (c *composing) keep(p *place, refs []course.ChildRef) []course.ChildRef {
	for i, child := range p.block.Children {
		if c.inside[child.Usage] || c.copy.places[child.Usage] == nil {
			continue
		}
		hash := c.asPublished(c.copy.blocks[child.Usage])
		if hash == "" {
			continue
		}
		at := 0
		for j := i - 1; j >= 0 && at == 0; j-- {
			at = 1 + slices.IndexFunc(refs, func(r course.ChildRef) bool { return c.usage(r) == p.block.Children[j].Usage })
		}
		refs = slices.Insert(refs, at, c.named(child.Usage, hash))
	}
	return refs
}

// asPublished makes the content of a block outside of the parts: as it is published, without what is in a part now, and with the
// parts that belong there.
func (c *composing) asPublished(block *course.Block) string {
	if c.active[block.Usage] { // a block that is moved into what was in it: the part is not enough to be published
		return ""
	}
	c.active[block.Usage] = true
	defer delete(c.active, block.Usage)
	var refs []course.ChildRef
	for _, child := range block.Children {
		if at := c.copy.places[child.Usage]; c.isTop(at) && at.parent.usage == block.Usage {
			refs = append(refs, c.named(child.Usage, c.build(at)))
			continue
		}
		if c.inside[child.Usage] {
			continue
		}
		if hash := c.asPublished(c.copy.blocks[child.Usage]); hash != "" {
			refs = append(refs, c.named(child.Usage, hash))
		}
	}
	if p := c.copy.places[block.Usage]; p != nil {
		refs = c.insertNew(p, refs)
	}
	if c.same(block, refs) {
		return block.Hash
	}
	if c.dry {
		c.need[block.Hash] = nil
		return ""
	}
	return c.keepContent(block.Usage, c.need[block.Hash], refs)
}

// insertNew adds the parts, or what is new above them, to the published block that they are put into.
func (c *composing) insertNew(p *place, refs []course.ChildRef) []course.ChildRef {
	for _, at := range c.tops {
		for at.parent != nil && at.parent != p && at.parent.block == nil {
			at = at.parent
		}
		if at.parent != p || slices.ContainsFunc(refs, func(r course.ChildRef) bool { return c.usage(r) == at.usage }) {
			continue
		}
		behind := 0
		for i := slices.Index(p.children, at) - 1; i >= 0 && behind == 0; i-- {
			behind = 1 + slices.IndexFunc(refs, func(r course.ChildRef) bool { return c.usage(r) == p.children[i].usage })
		}
		refs = slices.Insert(refs, behind, c.named(at.usage, c.chain(at)))
	}
	return refs
}

// chain makes a new block above parts with nothing in it but the way to them.
func (c *composing) chain(p *place) string {
	if c.isTop(p) {
		return c.build(p)
	}
	var refs []course.ChildRef
	for _, child := range p.children {
		if slices.ContainsFunc(c.tops, func(top *place) bool { return top.stands(child) }) {
			refs = append(refs, c.named(child.usage, c.chain(child)))
		}
	}
	return c.make(p, refs)
}

// make makes the content of a place with other children.
func (c *composing) make(p *place, refs []course.ChildRef) string {
	if p.draft != nil {
		return c.keepContent(p.usage, &p.draft.Body.Revision, refs)
	}
	if c.dry {
		c.need[p.block.Hash] = nil
		return ""
	}
	return c.keepContent(p.usage, c.need[p.block.Hash], refs)
}

func (c *composing) keepContent(usage key.Usage, of *course.Revision, refs []course.ChildRef) string {
	if c.dry {
		return "" // no hash that is: whatever holds it is made, too
	}
	content := *of
	content.Children = refs
	hash := content.Hash()
	c.contents[hash], c.made[usage] = &content, hash
	return hash
}

// same reports whether these are a block's children as published.
func (c *composing) same(block *course.Block, refs []course.ChildRef) bool {
	return slices.EqualFunc(block.Children, refs, func(child *course.Block, r course.ChildRef) bool {
		return child.Usage == c.usage(r) && child.Hash == r.Hash
	})
}

func (c *composing) named(usage key.Usage, hash string) course.ChildRef {
	return course.ChildRef{Type: usage.Type, ID: usage.ID, Hash: hash}
}

func (c *composing) usage(r course.ChildRef) key.Usage { return c.copy.key.Usage(r.Type, r.ID) }
