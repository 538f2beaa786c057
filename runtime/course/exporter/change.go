package exporter

import (
	"bytes"
	"slices"
	"strings"

	"github.com/quoin-lms/quoin/runtime/course/olx"
	"github.com/quoin-lms/quoin/runtime/intake"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// change is what one block's edits come to; nothing of it counts before commit.
type change struct {
	*exporting
	block  *olx.Block
	edits  map[string][]edit
	policy []policyChange
	body   *string
}

type policyChange struct {
	attr  olx.Attribute
	value []byte
}

func (c *change) commit() {
	for file, edits := range c.edits {
		c.exporting.edits[file] = append(c.exporting.edits[file], edits...)
	}
	for _, p := range c.policy {
		c.exporting.policy(p.attr, p.value)
	}
	if c.body != nil {
		c.add(c.block.Body, *c.body)
	}
}

func (c *change) edit(file string, start, end int, text string) {
	c.edits[file] = append(c.edits[file], edit{start: start, end: end, text: text})
}

// merge puts what differs between two images into the element. It is false where that cannot be done in place.
func (c *change) merge(old, now *image, holdsBlocks bool) bool {
	if old.raw || now.raw {
		return false
	}
	for _, a := range old.attrs {
		if _, still := now.attr(a.name); !still && !c.remove(a.name) {
			return false
		}
	}
	for _, a := range now.attrs {
		was, there := old.attr(a.name)
		if (!there || was.text != a.text) && !c.set(a) {
			return false
		}
	}
	if old.known != now.known {
		return false
	}
	if old.inner != now.inner && (holdsBlocks || len(c.block.Asides) > 0 || !wellFormed(element("x", nil, now.inner)) || !c.inside(now.inner)) {
		return false
	}
	return c.fileTexts(old, now)
}

// fileTexts changes the file with a block's text.
func (c *change) fileTexts(old, now *image) bool {
	same := slices.EqualFunc(old.files, now.files, func(a, b wire.OLXFile) bool {
		return a.Path == b.Path && bytes.Equal(a.Data.Data, b.Data.Data)
	})
	if same {
		return true
	}
	if len(now.files) != 1 || c.block.Body == "" || !c.ownBody(c.block) {
		return false
	}
	text := string(now.files[0].Data.Data)
	c.body = &text
	return true
}

// sources gives the elements that define the block, parsed; nil for one that cannot be edited.
func (c *change) sources() []*intake.XMLNode {
	nodes := make([]*intake.XMLNode, len(c.block.Sources))
	for i, source := range c.block.Sources {
		if !c.base.shared(source) {
			nodes[i] = c.base.node(source)
		}
	}
	return nodes
}

// set gives an attribute a value where it stands, or adds it to the definition.
func (c *change) set(a attr) bool {
	known, there := c.block.Attr(a.name)
	if there && known.Mark != olx.MarkNone {
		return known.Value == a.text
	}
	if there && known.JSON != nil {
		c.policy = append(c.policy, policyChange{known, jsonText(a)})
		return true
	}
	nodes := c.sources()
	for i, source := range c.block.Sources {
		if there && source.File == known.File && source.Start <= known.Start && known.End <= source.End {
			if nodes[i] == nil {
				return false
			}
			c.edit(known.File, known.Start, known.End, strings.TrimPrefix(attribute(a.name, a.text), " "))
			return true
		}
	}
	last := len(nodes) - 1
	if there || nodes[last] == nil || last == 0 && pointsElsewhere(string(c.block.Sources[0].XML)) {
		return false
	}
	c.edit(c.block.Sources[last].File, attrsEnd(nodes[last]), attrsEnd(nodes[last]), attribute(a.name, a.text))
	return true
}

// attrsEnd is where a further attribute of an element goes.
func attrsEnd(n *intake.XMLNode) int {
	if len(n.Attrs) > 0 {
		return n.Attrs[len(n.Attrs)-1].End
	}
	return n.Start + 1 + len(n.Name)
}

// remove takes an attribute away wherever it stands: one that was hidden by another must not come to light.
func (c *change) remove(name string) bool {
	known, there := c.block.Attr(name)
	if there && known.Mark != olx.MarkNone {
		return true
	}
	if there && known.JSON != nil {
		c.policy = append(c.policy, policyChange{known, nil})
	}
	for i, node := range c.sources() {
		if node == nil {
			return false
		}
		for _, a := range node.Attrs {
			if a.Name == name {
				source := c.base.doc(c.block.Sources[i].File).Source
				start := a.Start
				for start > 0 && strings.IndexByte(" \t\r\n", source[start-1]) >= 0 {
					start--
				}
				c.edit(c.block.Sources[i].File, start, a.End, "")
			}
		}
	}
	return true
}

// inside replaces what stands between the tags of the definition.
func (c *change) inside(text string) bool {
	nodes := c.sources()
	last := len(nodes) - 1
	node := nodes[last]
	if node == nil || last == 0 && pointsElsewhere(string(c.block.Sources[0].XML)) {
		return false
	}
	c.fill(c.block.Sources[last].File, node, node.InnerStart, node.InnerEnd, text)
	return true
}

// fill puts text into an element, which may be written as one tag.
func (c *change) fill(file string, node *intake.XMLNode, start, end int, text string) {
	if node.InnerStart == node.End { // <a/>
		if text != "" {
			c.edit(file, node.End-2, node.End, ">"+text+"</"+node.Name+">")
		}
		return
	}
	c.edit(file, start, end, text)
}

// children puts elements of child blocks in that are new here; those that went were cut out before.
func (c *change) children(n *node) bool {
	if sameChildren(n) {
		return true
	}
	source := c.block.Definition()
	node := c.base.node(source)
	if node == nil || c.base.shared(source) || pointsElsewhere(string(source.XML)) {
		return false
	}
	text := string(c.base.doc(source.File).Source)
	indent := c.indent(n, text)
	at := -1 // behind the child before; -1 is before all others
	var first strings.Builder
	for _, child := range n.children {
		if child.base != nil && n.kept[child.base] {
			at = child.base.Element().End
			continue
		}
		if at >= 0 {
			c.edit(source.File, at, at, indent+c.place(child))
			continue
		}
		first.WriteString(indent + c.place(child))
	}
	if first.Len() == 0 {
		return true
	}
	if node.InnerStart == node.End || node.InnerStart == node.InnerEnd {
		c.fill(source.File, node, node.InnerStart, node.InnerEnd, first.String()+"\n")
		return true
	}
	c.edit(source.File, node.InnerStart, node.InnerStart, first.String())
	return true
}

// indent is the line end and white space before the block's first child element.
func (c *change) indent(n *node, text string) string {
	for _, child := range n.base.Children {
		start := child.Element().Start
		if at := blanksBefore(text, start); at < start {
			return text[at:start]
		}
	}
	return "\n  "
}
