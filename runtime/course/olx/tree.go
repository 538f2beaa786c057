package olx

import (
	"fmt"

	"github.com/quoin-lms/quoin/runtime/course/key"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// rootID is the course block's id in every course.
const rootID = "course"

// tree reads elements into blocks: the published course, or all drafts.
type tree struct {
	*reader
	base  string // where definitions lie first: "" or "drafts/"
	draft bool
	used  map[usage]*Block
	open  map[*Block]bool // those that are being read: the way from the top to here
	// counters number the blocks that would have the same id.
	counters map[usage]int
}

func newTree(r *reader, base string, used map[usage]*Block) *tree {
	return &tree{reader: r, base: base, draft: base != "", used: used, open: map[*Block]bool{}, counters: map[usage]int{}}
}

// place is an element and what surrounds it.
type place struct {
	doc    *intake.XMLDocument
	node   *intake.XMLNode
	scope  *scope
	parent *Block
}

// root reads the course element.
func (t *tree) root(doc *intake.XMLDocument) (*Block, error) {
	id := identity{id: rootID, written: t.course.Run}
	t.claim(doc.File, RoleDefinition, nil)
	return t.block(place{doc: doc, node: doc.Root}, id)
}

// child reads an element that stands in a block. own says that it is no block and stays its parent's; otherwise nil is one more
// place of a block that is there already.
func (t *tree) child(at place) (block *Block, own bool, err error) {
	if at.node.Name == "include" {
		t.findAt(at.doc, at.node.Start, at.parent, Finding{
			Code: CodeInclude, Message: "include elements are not followed", Fix: "put the file's content in its place",
		})
		return nil, true, nil
	}
	if !key.ValidID(at.node.Name) {
		t.findAt(at.doc, at.node.Start, at.parent, Finding{
			Code: CodeType, Message: "the element " + intake.Printable(at.node.Name) + " cannot be a block type",
			Fix: "rename it or move it into a block that keeps it",
		})
		return nil, true, nil
	}
	if err := t.spend(at.doc.File, at.node.End-at.node.Start); err != nil { // for hashing and comparing
		return nil, false, err
	}
	id := identify(at.doc, at.node)
	if earlier := t.used[usage{at.node.Name, id.id}]; earlier != nil {
		again, err := t.again(at, &id, earlier)
		if again || err != nil {
			return nil, false, err
		}
	}
	block, err = t.block(at, id)
	return block, false, err
}

// again handles an element that names a block which is already there. It says whether it was that block; otherwise id has
// become another.
func (t *tree) again(at place, id *identity, earlier *Block) (bool, error) {
	if t.same(at, *id, earlier) {
		if err := t.bounds(at); err != nil {
			return false, err
		}
		t.blocks++
		earlier.Again = append(earlier.Again, sourceOf(at.doc, at.node))
		first := earlier.Element()
		if t.open[earlier] {
			t.findAt(at.doc, at.node.Start, earlier, Finding{
				Code: CodeCycle, Message: "the block contains itself", Fix: "remove this element",
			})
			return true, nil
		}
		t.findAt(at.doc, at.node.Start, earlier, Finding{
			Code:    CodeSecondParent,
			Message: fmt.Sprintf("the block stands in %s, line %d already; it is left out here", first.File, first.Line),
			Fix:     "copy it under a url_name of its own",
		})
		return true, nil
	}
	first, other := earlier.Element(), t.otherID(at, *id)
	if id.written != "" {
		if next := t.used[usage{at.node.Name, other}]; next != nil {
			return t.again(at, &identity{id: other, written: id.written}, next)
		}
		t.findAt(at.doc, at.node.Start, nil, Finding{
			Code: CodeConflict, Type: at.node.Name, ID: id.id,
			Message: fmt.Sprintf("another block of this name stands in %s, line %d; this one is called %s", first.File, first.Line, other),
			Fix:     "give it a url_name of its own",
		})
	}
	id.id, id.minted = other, true
	return false, nil
}

// same says whether an element is one more place of a block. An element without a name never is: two that look alike are two.
func (t *tree) same(at place, id identity, earlier *Block) bool {
	if id.written == "" {
		return false
	}
	if sameSource(at.doc, at.node, earlier.Element()) {
		return true
	}
	name, points := pointer(at.node, id.written)
	if !points {
		return false
	}
	path, ok := t.definition(name)
	return !ok || path == earlier.Definition().File || t.open[earlier]
}

// otherID makes an id for an element whose own is taken by a block that it is not. It is that of the same element met before,
// if there was one, else one that is free.
func (t *tree) otherID(at place, id identity) string {
	first := id.id
	if !id.hashed {
		first = fallbackID(at.node.Name, id.id, at.doc.Slice(at.node))
	}
	if len(first) > key.MaxPart-8 {
		first = fallbackID(at.node.Name, "", at.doc.Slice(at.node))
	}
	counter := usage{at.node.Name, first}
	for other := first; ; {
		block := t.used[usage{at.node.Name, other}]
		if block == nil || t.same(at, id, block) {
			return other
		}
		t.counters[counter]++ // kept, so that a thousand that look alike are not counted through a thousand times
		other = fmt.Sprintf("%s_%d", first, t.counters[counter]+1)
	}
}

// block reads a block that is new.
func (t *tree) block(at place, id identity) (*Block, error) {
	if err := t.bounds(at); err != nil {
		return nil, err
	}
	block := &Block{Type: at.node.Name, ID: id.id, Minted: id.minted, Draft: t.draft, Parent: at.parent}
	block.Sources = []Source{sourceOf(at.doc, at.node)}
	t.used[usage{block.Type, block.ID}] = block
	t.blocks++
	t.nameFindings(at, block, id)

	t.open[block] = true
	defer delete(t.open, block)
	attrs := newAttributes(t.reader, block)
	definition, err := t.define(at, block, id, attrs)
	if err != nil {
		return nil, err
	}
	attrs.override(t.policyKey(block, id))
	block.Attrs = attrs.list
	t.attributeFindings(block)
	if block.Broken != "" {
		return block, nil
	}
	return block, t.content(definition, block)
}

// bounds says whether one more block may stand here.
func (t *tree) bounds(at place) error {
	if t.blocks >= t.options.Blocks {
		return &Error{Code: ErrTooMany, What: fmt.Sprintf("the course has more than %d blocks", t.options.Blocks), Fix: "split it"}
	}
	if len(t.open) >= t.options.Depth {
		line, column := at.doc.Position(at.node.Start)
		return &Error{
			Code: ErrTooDeep, File: at.doc.File, Line: line, Column: column,
			What: fmt.Sprintf("more than %d blocks in each other", t.options.Depth), Fix: "flatten the course",
		}
	}
	return nil
}

func (t *tree) nameFindings(at place, block *Block, id identity) {
	switch {
	case id.fault != "":
		t.findAt(at.doc, at.node.Start, block, Finding{Code: CodeID, Message: id.fault, Fix: "use letters, digits and _ - . : alone"})
	case id.minted && id.written == "":
		t.findAt(at.doc, at.node.Start, block, Finding{
			Code: CodeNoID, Message: "the element has no url_name; learners' answers are lost when this id changes", Fix: "add url_name",
		})
	}
}

// policyKey is how policy.json names a block.
func (t *tree) policyKey(block *Block, id identity) string {
	if t.draft {
		return "" // drafts are not read with a policy
	}
	if id.written != "" {
		return block.Type + "/" + id.written
	}
	return block.Type + "/" + block.ID
}

// content reads what the definition holds: children, links and the element to hand on.
func (t *tree) content(at place, block *Block) error {
	kind, _ := t.kindOf(block.Type)
	inner := at.scope.enter(at.node)
	var cuts []*intake.XMLNode // what is not the block's own
	for _, node := range at.node.Elements() {
		switch kind.role(node, inner) {
		case rolePrivate:
			continue
		case roleAside:
			if err := t.bounds(at); err != nil {
				return err
			}
			t.blocks++
			block.Asides = append(block.Asides, sourceOf(at.doc, node))
		case roleBlock:
			child, own, err := t.child(place{doc: at.doc, node: node, scope: inner, parent: block})
			if err != nil {
				return err
			}
			if own {
				continue
			}
			if child != nil {
				block.Children = append(block.Children, child)
			}
		}
		cuts = append(cuts, node)
	}
	if block.Type == "course" && block.Parent == nil {
		t.courseExtras(at)
	}
	t.elementLinks(at, block, cuts)
	block.olx = ownElement(at, block, cuts)
	if block.Body != "" {
		return t.bodyLinks(block)
	}
	return nil
}

func sourceOf(doc *intake.XMLDocument, node *intake.XMLNode) Source {
	source := Source{File: doc.File, Start: node.Start, End: node.End, XML: doc.Slice(node)}
	source.Line, _ = doc.Position(node.Start)
	source.EndLine, _ = doc.Position(node.End)
	return source
}

// missing reports a definition that is not there. Of a type that need not have one it is none.
func (t *tree) missing(at place, block *Block, name string) {
	kind, known := t.kindOf(block.Type)
	if known && !kind.legacy {
		return
	}
	finding := Finding{Code: CodeMissingFile, Message: "there is no " + intake.Printable(name), Fix: "add the file or remove the element"}
	if intake.CheckPath(name) != nil {
		finding.Code, finding.Message, finding.Fix = CodePointer, intake.Printable(name)+" cannot be a file of the course", "correct the name"
	} else if !known {
		finding.Level = wire.LevelWarning
		t.findAt(at.doc, at.node.Start, block, finding)
		return
	}
	block.Broken = finding.Message
	t.findAt(at.doc, at.node.Start, block, finding)
}
