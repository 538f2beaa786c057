package olx

import (
	"bytes"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/runtime/intake"
)

// parts gives the stretches of an element's source that are left when the cuts are taken out, from start to end.
func (at place) parts(start, end int, cuts []*intake.XMLNode) [][2]int {
	parts := make([][2]int, 0, len(cuts)+1)
	for _, cut := range cuts {
		parts = append(parts, [2]int{start, cut.Start})
		start = cut.End
	}
	return append(parts, [2]int{start, end})
}

// ownElement builds what [Block.OLX] gives.
func ownElement(at place, block *Block, cuts []*intake.XMLNode) []byte {
	attrs := append(ownAttrs(at, block), outerNamespaces(at, cuts)...)
	entities := at.doc.Entities
	after := func(offset int) int {
		return sort.Search(len(entities), func(i int) bool { return entities[i].Start >= offset })
	}
	entities = entities[after(at.node.Start):after(at.node.End)]
	if len(cuts) == 0 && len(entities) == 0 && sameAttrs(attrs, at.node) {
		return at.doc.Slice(at.node)
	}
	out := append([]byte{'<'}, at.node.Name...)
	for _, attr := range attrs {
		out = append(append(append(out, ' '), attr.Name...), `="`...)
		out = append(intake.AppendXMLValue(out, attr.Value), '"')
	}
	inner := innerSource(at, cuts, entities)
	if len(inner) == 0 {
		return append(out, "/>"...)
	}
	out = append(append(out, '>'), inner...)
	return append(append(append(out, "</"...), at.node.Name...), '>')
}

// sameAttrs says whether an element has just these attributes, in whatever order.
func sameAttrs(attrs []intake.XMLAttr, node *intake.XMLNode) bool {
	return len(attrs) == len(node.Attrs) && !slices.ContainsFunc(attrs, func(attr intake.XMLAttr) bool {
		value, ok := node.Attr(attr.Name)
		return !ok || value != attr.Value
	})
}

// ownAttrs gives the attributes of the start tag: of the merged ones those that are the block's.
func ownAttrs(at place, block *Block) []intake.XMLAttr {
	var attrs []intake.XMLAttr
	for _, attr := range block.Attrs {
		_, written := at.node.Attr(attr.Name)
		switch {
		case attr.Mark == MarkUser, attr.Mark == MarkSecret:
		case attr.Mark == MarkInternal && !written, !intake.XMLName(attr.Name):
		case attr.Name == attrParent, attr.Name == attrParentOld, attr.Name == attrIndex:
		default:
			attrs = append(attrs, intake.XMLAttr{Name: attr.Name, Value: attr.Value})
		}
	}
	return attrs
}

// mostNamespaces bounds the declarations that an element takes along from further out, the innermost first.
const mostNamespaces = 16

// outerNamespaces gives the prefixes that are declared further out and used in what is the element's own.
func outerNamespaces(at place, cuts []*intake.XMLNode) []intake.XMLAttr {
	var taken []intake.XMLAttr
	looked := 0
	for scope := at.scope; scope != nil; scope = scope.outer {
		for _, attr := range scope.attrs {
			prefix, prefixed := strings.CutPrefix(attr.Name, "xmlns:")
			_, own := at.node.Attr(attr.Name)
			hidden := slices.ContainsFunc(taken, func(a intake.XMLAttr) bool { return a.Name == attr.Name })
			if !prefixed || own || hidden {
				continue
			}
			if looked++; looked > mostNamespaces {
				return taken
			}
			mark := []byte(prefix + ":")
			if slices.ContainsFunc(at.parts(at.node.Start, at.node.End, cuts), func(part [2]int) bool {
				return bytes.Contains(at.doc.Source[part[0]:part[1]], mark)
			}) {
				taken = append(taken, intake.XMLAttr{Name: attr.Name, Value: attr.Value})
			}
		}
	}
	return taken
}

// innerSource is what stands between the tags, without the cuts, entities as character references.
func innerSource(at place, cuts []*intake.XMLNode, entities []intake.XMLEntity) []byte {
	var out []byte
	for _, part := range at.parts(at.node.InnerStart, at.node.InnerEnd, cuts) {
		from, end := part[0], part[1]
		for ; len(entities) > 0 && entities[0].Start < end; entities = entities[1:] {
			if entities[0].Start < from {
				continue // in the start tag or in a cut
			}
			out = append(out, at.doc.Source[from:entities[0].Start]...)
			for _, r := range entities[0].Text {
				out = append(strconv.AppendInt(append(out, "&#"...), int64(r), 10), ';')
			}
			from = entities[0].End
		}
		out = append(out, at.doc.Source[from:end]...)
	}
	return out
}
