package authoring

import (
	"context"
	"fmt"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
)

// composing makes the content of a course of which one part is as the team has it and the rest as it is published.
type composing struct {
	authoring *Authoring
	copy      *copyOf
	top       *place
	// exact makes nothing but the part and the way to it, as the team has them.
	exact  bool
	inside map[key.Usage]bool // what stands in top
	// contents are the contents that are in no store, by hash; made tells which block got which.
	contents map[string]*course.Revision
	made     map[key.Usage]string
	// need are the published contents that are read at once; the first walk fills it and makes nothing.
	need   map[string]*course.Revision
	dry    bool
	active map[key.Usage]bool
}

// compose makes the root of a course in which the part below top is as in the working copy. A block that was moved out of the part
// stays where it is published until the place that it was moved to is published; one that was moved in leaves its old place.
func (a *Authoring) compose(ctx context.Context, w *copyOf, top *place, exact bool) (*composing, string, error) {
	c := &composing{authoring: a, copy: w, top: top, exact: exact, inside: map[key.Usage]bool{}, need: map[string]*course.Revision{}}
	top.walk(func(p *place) { c.inside[p.usage] = true })
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
	if c.top.parent == nil {
		return c.build(c.top)
	}
	if c.exact || c.copy.head == nil {
		return c.chain(c.copy.root)
	}
	return c.asPublished(c.copy.blocks[c.copy.root.usage])
}

// build makes the content of a place of the part and of all below it.
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

// keep adds the published children that were moved to places outside of the part.
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

// asPublished makes the content of a block outside of the part: as it is published, without what is in the part now, and with the
// part where it belongs.
func (c *composing) asPublished(block *course.Block) string {
	if c.active[block.Usage] { // a block that is moved into what was in it: the part is not enough to be published
		return ""
	}
	c.active[block.Usage] = true
	defer delete(c.active, block.Usage)
	var refs []course.ChildRef
	for _, child := range block.Children {
		if child.Usage == c.top.usage && c.top.parent.usage == block.Usage {
			refs = append(refs, c.named(child.Usage, c.build(c.top)))
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

// insertNew adds the part, or what is new above it, to the published block that it is put into.
func (c *composing) insertNew(p *place, refs []course.ChildRef) []course.ChildRef {
	at := c.top
	for at.parent != nil && at.parent != p && at.parent.block == nil {
		at = at.parent
	}
	if at.parent != p || slices.ContainsFunc(refs, func(r course.ChildRef) bool { return c.usage(r) == at.usage }) {
		return refs
	}
	behind := 0
	for i := slices.Index(p.children, at) - 1; i >= 0 && behind == 0; i-- {
		behind = 1 + slices.IndexFunc(refs, func(r course.ChildRef) bool { return c.usage(r) == p.children[i].usage })
	}
	return slices.Insert(refs, behind, c.named(at.usage, c.chain(at)))
}

// chain makes a new block above the part with nothing in it but the way to the part.
func (c *composing) chain(p *place) string {
	if p == c.top {
		return c.build(p)
	}
	for _, child := range p.children {
		if c.top.stands(child) {
			return c.make(p, []course.ChildRef{c.named(child.usage, c.chain(child))})
		}
	}
	return ""
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
