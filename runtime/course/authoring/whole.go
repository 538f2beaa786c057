package authoring

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Whole is the working copy of a course, every block of it, at one moment.
type Whole struct {
	Run course.Run
	// Head is what is published, nil for nothing.
	Head *course.Published
	// Root names the content of the course if all of it were published now.
	Root string
	// Parts are all blocks in the order of the course, the course itself first.
	Parts []*Part
	// Made are the contents that may be in no store, by hash; all others are published.
	Made map[string]*course.Revision
}

// Part is one block of the working copy.
type Part struct {
	Usage key.Usage
	// Hash names its content, that of children included.
	Hash  string
	Title string
	// Depth is 0 for the course, 3 for units.
	Depth    int
	Parent   *Part
	Children []*Part
	// Unit is the unit that it stands in, itself for a unit; nil above.
	Unit  *Part
	State State
	// Fields are the host's settings that are set on the block itself, Settings those that hold for it, down to units; nil below.
	Fields   wire.Fields
	Settings *course.Settings
	// Block is the block as it is published, nil for a new one. What it says of content holds while State is live and Hash its own.
	Block *course.Block
	// Conflicts wait for an author at the block itself.
	Conflicts int
}

// Whole gives the working copy with the hash of each content. Nothing is stored, and no block is asked.
func (a *Authoring) Whole(ctx context.Context, run key.Course) (*Whole, error) {
	if err := a.finish(ctx, run, abandoned); err != nil {
		return nil, err
	}
	w, err := a.working(ctx, run)
	if err != nil {
		return nil, err
	}
	c, root, err := a.compose(ctx, w, []*place{w.root}, true)
	if err != nil {
		return nil, err
	}
	whole := &Whole{Run: w.run, Head: w.head, Root: root, Made: c.contents, Parts: make([]*Part, 0, len(w.places))}
	whole.add(c, w.root, nil, nil)
	return whole, nil
}

func (w *Whole) add(c *composing, p *place, parent *Part, above wire.Fields) *Part {
	part := &Part{Usage: p.usage, Parent: parent, Block: p.block, State: p.state(), Hash: c.made[p.usage]}
	if part.Hash == "" {
		part.Hash = p.block.Hash
	}
	if p.draft != nil {
		part.Conflicts = len(p.draft.Body.Conflicts)
	}
	if parent != nil {
		part.Depth, part.Unit = parent.Depth+1, parent.Unit
	}
	own := p.own()
	if part.Depth <= deepest {
		part.Fields = course.OwnSettings(own)
		resolved, down := course.Inherit(above, part.Fields)
		settings, _ := course.DecodeSettings(resolved) // what is of the wrong type is told where the block is checked
		part.Settings, above = &settings, down
	}
	if part.Depth == deepest {
		part.Unit = part
	}
	_ = json.Unmarshal([]byte(own["display_name"]), &part.Title) // another shape is no title
	if part.Title == "" && p.block != nil && p.draft == nil {
		part.Title = p.block.Title()
	}
	w.Parts = append(w.Parts, part)
	for _, child := range p.children {
		part.Children = append(part.Children, w.add(c, child, part, above))
	}
	return part
}

// Same reports whether the block and all that stands in it is as published.
func (p *Part) Same() bool { return p.Block != nil && p.Block.Hash == p.Hash }

// StoreWhole stores the working copy and names its content. It is what a head would be if everything were published now; nothing
// refers to it.
func (a *Authoring) StoreWhole(ctx context.Context, run key.Course) (root string, err error) {
	whole, err := a.Whole(ctx, run)
	if isNotFound(err) {
		return "", fmt.Errorf("%w: %w", course.ErrNotFound, err)
	}
	if err != nil {
		return "", err
	}
	_, err = a.courses.AddRevisions(ctx, slices.Collect(maps.Values(whole.Made))...)
	return whole.Root, err
}
