package course

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Published is a course as learners see it. It is immutable but for the subsections that it loads when they are asked for.
// Safe for concurrent use.
type Published struct {
	Key  key.Course
	Head Head
	Run  Run
	// Root is the course block; its children are the sections.
	Root *Block
	// Subsections in the order of the course.
	Subsections []*Subsection
	// Requires are the courses that have to be passed before this one.
	Requires []key.Course
	where    map[string]int
	types    map[string][]string // block id -> the types of its blocks, for links that name the id alone (names.go)
}

// Subsection is one subsection of a published course: what the outline knows, and its blocks once loaded.
type Subsection struct {
	// Block is the subsection itself; its children are the units, without what is in them until Load.
	*Block
	Section *Block
	// Index is its place in Published.Subsections.
	Index int
	// Possible is the raw maximum of its blocks, Scored their number.
	Possible float64
	Scored   int
	// Requires is what has to be reached elsewhere first; nil for nothing.
	Requires *Requirement
	table    string
	texts    string
	said     *texts // those of a course that is in no store
	down     wire.Fields
	courses  *Courses

	mu     sync.Mutex
	loaded *Loaded
}

// Loaded is a subsection's blocks.
type Loaded struct {
	Units  []*Block
	blocks map[string]*Block
}

// Block is one block of a published course. It is read by many goroutines and never changed.
type Block struct {
	Usage key.Usage
	// Hash names the content.
	Hash     string
	Facts    wire.Facts
	Settings *Settings
	// Fields are the resolved settings as JSON, inherited ones included.
	Fields wire.Fields
	// Own are those of them that are set on the block itself.
	Own wire.Fields
	// Broken says why the block could not be outlined.
	Broken string
	Parent *Block
	// Unit is the unit that the block stands in, itself for a unit; nil above.
	Unit *Block
	// Subsection is nil above subsections.
	Subsection *Subsection
	Children   []*Block
}

// Title is the block's name for people.
func (b *Block) Title() string {
	if b.Facts.Title != "" {
		return b.Facts.Title
	}
	return b.Settings.DisplayName
}

// Walk gives the block and everything under it, parents first.
func (b *Block) Walk() iter.Seq[*Block] {
	return func(yield func(*Block) bool) { b.walk(yield) }
}

func (b *Block) walk(yield func(*Block) bool) bool {
	if !yield(b) {
		return false
	}
	for _, child := range b.Children {
		if !child.walk(yield) {
			return false
		}
	}
	return true
}

func newBlock(course key.Course, n *node, parent *Block, above wire.Fields) (*Block, wire.Fields, error) {
	facts, err := n.facts()
	if err != nil {
		return nil, nil, fmt.Errorf("reading facts of %s: %w", n.ID, err)
	}
	set := raw(n.Fields)
	own, down := Inherit(above, set)
	settings, err := DecodeSettings(own)
	b := &Block{
		Usage: course.Usage(n.Type, n.ID), Hash: n.Hash, Facts: facts, Settings: &settings, Fields: own, Own: set, Broken: n.Broken, Parent: parent,
	}
	if err != nil && b.Broken == "" {
		b.Broken = err.Error()
	}
	return b, down, nil
}

// load reads a course's derived outline.
func (c *Courses) load(ctx context.Context, course key.Course, run Run) (*Published, error) {
	doc, err := c.outlines.Get(ctx, run.Head.Outline)
	if err != nil {
		return nil, fmt.Errorf("reading the outline of %s: %w", course, err)
	}
	return c.grow(course, run, &doc.Body)
}

// grow makes a course of its outline.
func (c *Courses) grow(course key.Course, run Run, out *outline) (*Published, error) {
	p := &Published{Key: course, Head: run.Head, Run: run, where: out.Where}
	root, down, err := newBlock(course, &out.Root, nil, nil)
	if err != nil {
		return nil, err
	}
	p.Root = root
	for i := range out.Sections {
		if err := p.addSection(c, &out.Sections[i], down); err != nil {
			return nil, err
		}
	}
	p.link()
	p.types = p.typesByID()
	return p, nil
}

func (p *Published) addSection(c *Courses, s *section, above wire.Fields) error {
	block, down, err := newBlock(p.Key, &s.Node, p.Root, above)
	if err != nil {
		return err
	}
	p.Root.Children = append(p.Root.Children, block)
	for i := range s.Subsections {
		derived := &s.Subsections[i]
		sub, below, err := newBlock(p.Key, &derived.Node, block, down)
		if err != nil {
			return err
		}
		entry := &Subsection{
			Block: sub, Section: block, Index: len(p.Subsections), Possible: derived.Possible, Scored: derived.Scored,
			table: derived.Table, texts: derived.Texts, down: below, courses: c,
		}
		sub.Subsection = entry
		for j := range derived.Units {
			unit, _, err := newBlock(p.Key, &derived.Units[j], sub, below)
			if err != nil {
				return err
			}
			unit.Unit, unit.Subsection = unit, entry
			sub.Children = append(sub.Children, unit)
		}
		block.Children = append(block.Children, sub)
		p.Subsections = append(p.Subsections, entry)
	}
	return nil
}

// Load returns the subsection's blocks, reading them once.
func (s *Subsection) Load(ctx context.Context) (*Loaded, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.loaded != nil {
		return s.loaded, nil
	}
	doc, err := s.courses.tables.Get(ctx, s.table)
	if err != nil {
		return nil, fmt.Errorf("reading the blocks of %s: %w", s.Usage, err)
	}
	return s.growAll(&doc.Body)
}

// loadAll loads the subsections that nobody asked for yet, with few questions.
func (p *Published) loadAll(ctx context.Context) error {
	var missing []*Subsection
	for _, sub := range p.Subsections {
		sub.mu.Lock()
		if sub.loaded == nil {
			missing = append(missing, sub)
		}
		sub.mu.Unlock()
	}
	const page = 100 // tables of this many subsections stay far below what one answer may hold in memory
	for start := 0; start < len(missing); start += page {
		some := missing[start:min(start+page, len(missing))]
		ids := make([]string, len(some))
		for i, sub := range some {
			ids[i] = sub.table
		}
		docs, err := some[0].courses.tables.GetMany(ctx, ids)
		if err != nil {
			return fmt.Errorf("reading the blocks of %s: %w", p.Key, err)
		}
		for _, sub := range some {
			if doc, ok := docs[sub.table]; ok {
				if err := sub.fill(&doc.Body); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// fill loads the subsection from its table, unless it is loaded.
func (s *Subsection) fill(t *table) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.loaded != nil {
		return nil
	}
	_, err := s.growAll(t)
	return err
}

// growAll makes the subsection's blocks. The caller holds the lock.
func (s *Subsection) growAll(t *table) (*Loaded, error) {
	loaded := &Loaded{blocks: map[string]*Block{}}
	for i := range t.Units {
		unit, err := s.grow(loaded, &t.Units[i], s.Block, nil, s.down)
		if err != nil {
			return nil, err
		}
		loaded.Units = append(loaded.Units, unit)
	}
	s.loaded = loaded
	return loaded, nil
}

func (s *Subsection) grow(into *Loaded, t *tree, parent, unit *Block, above wire.Fields) (*Block, error) {
	block, down, err := newBlock(s.Usage.Course, &t.Node, parent, above)
	if err != nil {
		return nil, err
	}
	if unit == nil {
		unit = block
	}
	block.Unit, block.Subsection = unit, s
	into.blocks[placeKey(block.Usage.Type, block.Usage.ID)] = block
	for i := range t.Children {
		child, err := s.grow(into, &t.Children[i], block, unit, down)
		if err != nil {
			return nil, err
		}
		block.Children = append(block.Children, child)
	}
	return block, nil
}

// Find returns a block by its usage key: the root, a section, a subsection, or what is in one, loaded. Another course's or
// an unknown block is ErrNotFound.
func (p *Published) Find(ctx context.Context, usage key.Usage) (*Block, error) {
	place, ok := p.where[placeKey(usage.Type, usage.ID)]
	if !ok || usage.Course != p.Key {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, usage)
	}
	if place < 0 {
		for _, block := range append([]*Block{p.Root}, p.Root.Children...) {
			if block.Usage == usage {
				return block, nil
			}
		}
		return nil, fmt.Errorf("%w: %s", ErrNotFound, usage)
	}
	sub := p.Subsections[place]
	if sub.Usage == usage {
		return sub.Block, nil
	}
	loaded, err := sub.Load(ctx)
	if err != nil {
		return nil, err
	}
	return loaded.blocks[placeKey(usage.Type, usage.ID)], nil
}

// All loads and gives every block of the course in order, the root first.
func (p *Published) All(ctx context.Context) ([]*Block, error) {
	if err := p.loadAll(ctx); err != nil {
		return nil, err
	}
	blocks := []*Block{p.Root}
	for _, section := range p.Root.Children {
		blocks = append(blocks, section)
		for _, sub := range section.Children {
			blocks = append(blocks, sub)
			loaded, err := sub.Subsection.Load(ctx)
			if err != nil {
				return nil, err
			}
			for _, unit := range loaded.Units {
				for block := range unit.Walk() {
					blocks = append(blocks, block)
				}
			}
		}
	}
	return blocks, nil
}
