package course

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/store"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// deriving is one publish under way.
type deriving struct {
	courses   *Courses
	outliner  Outliner
	course    key.Course
	progress  func(done, total int)
	revisions map[string]*Revision
	order     []string // hashes, children before parents
	facts     map[string]wire.Facts
	reasons   map[string]string // hash -> why broken
	broken    map[string]string // block id -> why broken
	// contents are revisions that may be in no store.
	contents map[string]*Revision
	// reused are the subsections of the head before.
	reused map[ChildRef]*reused
	tables []store.Doc[table]
	words  []store.Doc[texts]
}

// outline derives everything under a root. What is to be reused and cannot be is derived like the rest.
func (d *deriving) outline(ctx context.Context, root string) (*outline, error) {
	out, err := d.outlineOnce(ctx, root)
	if errors.Is(err, errTwice) {
		d.reused = nil
		out, err = d.outlineOnce(ctx, root)
	}
	return out, err
}

func (d *deriving) outlineOnce(ctx context.Context, root string) (*outline, error) {
	d.order, d.tables, d.words, d.broken = nil, nil, nil, map[string]string{}
	if err := d.read(ctx, root); err != nil {
		return nil, err
	}
	if err := d.outlineAll(ctx); err != nil {
		return nil, err
	}
	return d.derive(root)
}

// store stores what was derived and returns the outline's id.
func (d *deriving) store(ctx context.Context, out *outline) (string, error) {
	if _, err := d.courses.texts.InsertMany(ctx, d.words); err != nil {
		return "", err
	}
	if _, err := d.courses.tables.InsertMany(ctx, d.tables); err != nil {
		return "", err
	}
	id, err := addressed(out)
	if err != nil {
		return "", err
	}
	_, err = d.courses.outlines.InsertMany(ctx, []store.Doc[outline]{{ID: id, Body: *out}})
	return id, err
}

// readPage is how many revisions one read asks for.
const readPage = 500

// read loads every revision under root, level by level.
func (d *deriving) read(ctx context.Context, root string) error {
	d.revisions = map[string]*Revision{}
	var levels [][]string
	for level := []string{root}; len(level) > 0; {
		if len(levels) > maxDepth {
			return fmt.Errorf("the tree is deeper than %d levels", maxDepth)
		}
		var next []string
		for start := 0; start < len(level); start += readPage {
			page := level[start:min(start+readPage, len(level))]
			if err := d.readPage(ctx, page); err != nil {
				return err
			}
			for _, hash := range page {
				for _, child := range d.revisions[hash].Children {
					if len(levels) != 1 || d.reused[child] == nil {
						next = append(next, child.Hash)
					}
				}
			}
		}
		levels = append(levels, level)
		level = next
	}
	seen := map[string]bool{}
	for i := len(levels) - 1; i >= 0; i-- {
		for _, hash := range levels[i] {
			if !seen[hash] {
				seen[hash] = true
				d.order = append(d.order, hash)
			}
		}
	}
	return nil
}

// readPage reads some revisions that are not known yet.
func (d *deriving) readPage(ctx context.Context, hashes []string) error {
	var missing []string
	for _, hash := range hashes {
		if content := d.contents[hash]; content != nil {
			d.revisions[hash] = content
		} else if d.revisions[hash] == nil {
			missing = append(missing, hash)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	docs, err := d.courses.revisions.GetMany(ctx, missing)
	if err != nil {
		return err
	}
	for _, hash := range missing {
		doc, ok := docs[hash]
		if !ok {
			return fmt.Errorf("revision %s is missing from the store", hash)
		}
		d.revisions[hash] = &doc.Body
	}
	return nil
}

// maxDepth bounds a course tree: course, section, subsection, unit and nested containers.
const maxDepth = 24

// derive builds outline and tables. Levels count by depth, not by type: what stands in a section is a subsection, what
// stands in that is a unit.
func (d *deriving) derive(rootHash string) (*outline, error) {
	root := d.revisions[rootHash]
	rootNode, err := d.node(ChildRef{root.Type, RootID, rootHash})
	if err != nil {
		return nil, err
	}
	out := &outline{Root: rootNode, Where: store.Map[int]{}}
	out.Where[placeKey(root.Type, RootID)] = -1
	place := 0
	for _, ref := range root.Children {
		if twice(out.Where, ref) {
			continue
		}
		node, err := d.node(ref)
		if err != nil {
			return nil, err
		}
		out.Where[placeKey(ref.Type, ref.ID)] = -1
		s := section{Node: node}
		for _, sub := range d.revisions[ref.Hash].Children {
			if twice(out.Where, sub) {
				continue
			}
			derived, err := d.again(sub, out.Where, place)
			if derived == nil && err == nil {
				derived, err = d.subsection(sub, out.Where, place)
			}
			if err != nil {
				return nil, err
			}
			s.Subsections = append(s.Subsections, *derived)
			place++
		}
		out.Sections = append(out.Sections, s)
	}
	return out, nil
}

// twice reports whether the block stands in the course already. A move inserts before it deletes, so a publish in between
// finds the block at both places: the first in the course's order has it, and it counts once.
func twice(where store.Map[int], ref ChildRef) bool {
	_, there := where[placeKey(ref.Type, ref.ID)]
	return there
}

func (d *deriving) subsection(ref ChildRef, where store.Map[int], place int) (*subsection, error) {
	node, err := d.node(ref)
	if err != nil {
		return nil, err
	}
	where[placeKey(ref.Type, ref.ID)] = place
	sub, t, said := &subsection{Node: node, Afresh: node.Broken != ""}, table{}, &gathering{room: maxSubsectionText}
	for _, unit := range d.revisions[ref.Hash].Children {
		if twice(where, unit) {
			sub.Afresh = true
			continue
		}
		tree, err := d.tree(unit, where, place, sub, said)
		if err != nil {
			return nil, err
		}
		t.Units = append(t.Units, tree)
		sub.Units = append(sub.Units, tree.Node)
	}
	if sub.Table, err = addressed(&t); err != nil {
		return nil, err
	}
	d.tables = append(d.tables, store.Doc[table]{ID: sub.Table, Body: t})
	if len(said.Blocks) > 0 {
		if sub.Texts, err = addressed(&said.texts); err != nil {
			return nil, err
		}
		d.words = append(d.words, store.Doc[texts]{ID: sub.Texts, Body: said.texts})
	}
	return sub, nil
}

func (d *deriving) tree(ref ChildRef, where store.Map[int], place int, sub *subsection, said *gathering) (tree, error) {
	node, err := d.node(ref)
	if err != nil {
		return tree{}, err
	}
	where[placeKey(ref.Type, ref.ID)] = place
	t := tree{Node: node}
	sub.Afresh = sub.Afresh || node.Broken != ""
	facts := d.facts[ref.Hash]
	said.keep(ref, &facts)
	if facts.MaxScore != nil {
		sub.Scored++
		sub.Possible += *facts.MaxScore
	}
	scored, possible := sub.Scored, sub.Possible
	if draws := facts.Chooses && facts.Undrawn != nil; draws {
		// What a learner draws of its children counts as the block says, whichever he draws.
		if *facts.Undrawn > 0 {
			scored++
		}
		possible += *facts.Undrawn
		defer func() { sub.Scored, sub.Possible = scored, possible }()
	}
	for _, child := range d.revisions[ref.Hash].Children {
		if twice(where, child) {
			sub.Afresh = true
			continue
		}
		below, err := d.tree(child, where, place, sub, said)
		if err != nil {
			return t, err
		}
		t.Children = append(t.Children, below)
	}
	return t, nil
}

func (d *deriving) node(ref ChildRef) (node, error) {
	facts := d.facts[ref.Hash]
	facts.Search = ""
	encoded, err := json.Marshal(facts)
	if err != nil {
		return node{}, fmt.Errorf("encoding facts of %s: %w", ref.ID, err)
	}
	n := node{ID: ref.ID, Type: ref.Type, Hash: ref.Hash, Facts: string(encoded), Broken: d.reasons[ref.Hash]}
	if n.Broken != "" {
		d.broken[ref.ID] = n.Broken
	}
	for name, value := range d.revisions[ref.Hash].Fields {
		if Inherited(name) || hostSetting(name) {
			if n.Fields == nil {
				n.Fields = store.Map[string]{}
			}
			n.Fields[name] = value
		}
	}
	return n, nil
}
