package authoring

import (
	"context"
	"encoding/json"
	"time"

	"github.com/quoin-lms/quoin/runtime/course"
	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// State says what a block of the working copy is to what learners see.
type State string

// The states.
const (
	StateLive    State = "live"
	StateChanged State = "changed"
	StateNew     State = "new"
)

// Tree is the working copy down to the units.
type Tree struct {
	Run    course.Run
	Course *Node
	// Version is another one after each change of the working copy.
	Version string
	// Blocks counts all blocks, Changed those of them that are not as learners see them.
	Blocks, Changed int
}

// Node is a section, subsection or unit, or the course itself.
type Node struct {
	Usage key.Usage
	Title string
	// Fields are the host's settings that are set on the block itself, Resolved those that hold for it.
	Fields   wire.Fields
	Resolved *course.Settings
	Parent   *Node
	Children []*Node
	State    State
	// Below counts the blocks below it that are not as learners see them, Blocks all that are below it.
	Below, Blocks int
	// Conflicts wait for an author, here or below.
	Conflicts int
	// By and At are who changed the block last and when; of what is published as it is, "" and zero.
	By string
	At time.Time
	// Types counts the components below it by type.
	Types map[string]int
}

// deepest is how deep a tree goes: course, section, subsection, unit.
const deepest = 3

// Tree gives the working copy down to the units.
func (a *Authoring) Tree(ctx context.Context, run key.Course) (*Tree, error) {
	if err := a.finish(ctx, run, abandoned); err != nil {
		return nil, err
	}
	number, err := a.courses.Run(ctx, run)
	if err != nil {
		return nil, notFound(err)
	}
	version, err := a.version(ctx, run, number.Head.Number) // before the content: what comes in between is told as new
	if err != nil {
		return nil, err
	}
	w, err := a.working(ctx, run)
	if err != nil {
		return nil, err
	}
	t := &Tree{Run: w.run, Version: version, Course: node(w.root, nil, nil, 0)}
	t.Blocks, t.Changed = len(w.places), t.Course.Below
	if t.Course.State != StateLive {
		t.Changed++
	}
	return t, nil
}

// Version is a text that is another one after each change of the working copy, for those who wait for changes.
func (a *Authoring) Version(ctx context.Context, run key.Course) (string, error) {
	there, err := a.courses.Run(ctx, run)
	if err != nil {
		return "", notFound(err)
	}
	return a.version(ctx, run, there.Head.Number)
}

func node(p *place, parent *Node, above wire.Fields, depth int) *Node {
	n := &Node{Usage: p.usage, Parent: parent, State: p.state(), Types: map[string]int{}}
	n.Fields = course.OwnSettings(p.own())
	resolved, down := course.Inherit(above, n.Fields)
	settings, _ := course.DecodeSettings(resolved) // what is of the wrong type is told where the block is checked
	n.Resolved = &settings
	if n.Title = settings.DisplayName; n.Title == "" && p.block != nil && p.draft == nil {
		n.Title = p.block.Title()
	}
	if p.draft != nil {
		n.By, n.At, n.Conflicts = p.draft.Body.By, p.draft.Body.At, len(p.draft.Body.Conflicts)
	}
	for _, child := range p.children {
		if depth == deepest {
			child.walk(n.count)
			continue
		}
		below := node(child, n, down, depth+1)
		n.Children = append(n.Children, below)
		n.Below, n.Blocks, n.Conflicts = n.Below+below.Below, n.Blocks+below.Blocks+1, n.Conflicts+below.Conflicts
		if below.State != StateLive {
			n.Below++
		}
		for kind, count := range below.Types {
			n.Types[kind] += count
		}
	}
	return n
}

// count adds a component to its unit's numbers.
func (n *Node) count(p *place) {
	n.Blocks++
	n.Types[p.usage.Type]++
	if p.state() != StateLive {
		n.Below++
	}
	if p.draft != nil {
		n.Conflicts += len(p.draft.Body.Conflicts)
	}
}

func (p *place) state() State {
	switch {
	case p.block == nil:
		return StateNew
	case p.changed:
		return StateChanged
	}
	return StateLive
}

// Content is a block of the working copy with all that stands in it.
type Content struct {
	Usage  key.Usage
	Type   string
	Title  string
	Fields wire.Fields
	Extra  map[string]string
	// Source is an element that no installed block reads. One that came in before its block has its fields here.
	Source *course.Source
	// Hash names the content without that of children, for [Authoring.SaveOLX] and Compare.
	Hash string
	// Version is the draft's, 0 for a block that has none.
	Version   int64
	State     State
	Base      string
	Conflicts []Conflict
	By        string
	At        time.Time
	Children  []*Content
	// Published are the fields as learners have them, nil for a new block.
	Published wire.Fields
}

// Unit gives a unit, or any other block, with all that stands in it.
func (a *Authoring) Unit(ctx context.Context, run key.Course, usage key.Usage) (*Content, error) {
	if err := a.finish(ctx, run, abandoned); err != nil {
		return nil, err
	}
	if usage.Course != run {
		return nil, notFound(course.ErrNotFound)
	}
	return a.content(ctx, usage, map[key.Usage]bool{}, 0)
}

// content reads a block and what stands in it, without reading the rest of the course.
func (a *Authoring) content(ctx context.Context, usage key.Usage, seen map[key.Usage]bool, depth int) (*Content, error) {
	if seen[usage] || depth > maxDepth {
		return nil, notFound(course.ErrNotFound)
	}
	seen[usage] = true
	doc, err := a.current(ctx, usage)
	if err != nil {
		return nil, err
	}
	d := &doc.Body
	read, err := a.readCame(ctx, usage, &d.Revision)
	if err != nil {
		return nil, err
	}
	c := &Content{
		Usage: usage, Type: usage.Type, Fields: rawFields(read.Fields), Extra: read.Extra, Source: read.Source,
		Hash: d.Revision.Hash(), Version: doc.Version, Base: d.Base, Conflicts: conflictsOf(d), By: d.By, At: d.At, State: StateLive,
	}
	c.Title, _ = unquote(read.Fields["display_name"])
	if c.Published = c.Fields; doc.Version > 0 {
		if err := a.compareOne(ctx, c, &d.Revision); err != nil {
			return nil, err
		}
	}
	for _, child := range d.Revision.Children {
		below, err := a.content(ctx, usage.Course.Usage(child.Type, child.ID), seen, depth+1)
		if err != nil {
			if isNotFound(err) { // a child of which nothing is left is none
				continue
			}
			return nil, err
		}
		c.Children = append(c.Children, below)
	}
	return c, nil
}

// compareOne says what a draft is to what is published.
func (a *Authoring) compareOne(ctx context.Context, c *Content, now *course.Revision) error {
	_, published, err := a.published(ctx, c.Usage)
	if isNotFound(err) {
		c.State, c.Published = StateNew, nil
		return nil
	}
	if err != nil {
		return err
	}
	c.Published = rawFields(published.Fields)
	if !equal(published, now) {
		c.State = StateChanged
	}
	return nil
}

// JSON gives a title or another text as a field's value.
func JSON(text string) json.RawMessage { return json.RawMessage(quote(text)) }
