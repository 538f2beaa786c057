package sanitize

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// filter walks a tree and takes away what the tables do not allow.
type filter struct {
	block   bool
	changed bool
	changes []Change
	// tags are the start tags that were kept with attributes: what the library has to agree to.
	tags  strings.Builder
	known map[string]struct{}

	// What is being looked at, for checks and notes.
	element   string
	namespace string
	attribute string
}

// children filters what a node holds. HTML stands only in HTML, SVG in HTML, MathML in HTML: every other switch of name
// spaces is a place where parsers disagree.
func (f *filter) children(parent *html.Node) {
	for node := parent.FirstChild; node != nil; {
		next := node.NextSibling
		switch node.Type {
		case html.TextNode:
		case html.ElementNode:
			next = f.elementNode(parent, node, next)
		default: // a comment or a document type, which nobody sees
			parent.RemoveChild(node)
		}
		node = next
	}
}

// elementNode filters one element and returns the node to go on with.
func (f *filter) elementNode(parent, node, next *html.Node) *html.Node {
	attributes, allowed := f.lookUp(parent, node)
	if allowed {
		f.attributes(node, attributes)
		f.children(node)
		return next
	}
	f.note(KindElement, node.Data, "", "")
	first := node.FirstChild
	if dropped[strings.ToLower(node.Data)] || first == nil {
		parent.RemoveChild(node)
		return next
	}
	for child := first; child != nil; {
		after := child.NextSibling
		node.RemoveChild(child)
		parent.InsertBefore(child, node)
		child = after
	}
	parent.RemoveChild(node)
	return first
}

// lookUp finds the element in the table of its name space.
func (f *filter) lookUp(parent, node *html.Node) (element, bool) {
	inside := parent.Namespace
	switch node.Namespace {
	case "":
		if inside != "" {
			return nil, false
		}
		if attributes, ok := htmlElements[node.Data]; ok {
			return attributes, choice(parent, node)
		}
		attributes, ok := blockElements[node.Data]
		return attributes, ok && f.block && choice(parent, node)
	case "svg":
		attributes, ok := svgElements[node.Data]
		return attributes, ok && fits(inside, "svg", node.DataAtom == atom.Svg)
	case "math":
		attributes, ok := mathElements[node.Data]
		return attributes, ok && fits(inside, "math", node.DataAtom == atom.Math)
	}
	return nil, false
}

// fits lets a root stand in HTML and everything else in its own name space.
func fits(inside, own string, root bool) bool {
	if root {
		return inside == ""
	}
	return inside == own
}

// choice keeps all but options out of lists of choices, where old parsers and new ones differ.
func choice(parent, node *html.Node) bool {
	switch parent.DataAtom {
	case atom.Select, atom.Datalist, atom.Optgroup:
		return node.DataAtom == atom.Option || node.DataAtom == atom.Optgroup
	case atom.Option:
		return false
	default:
		return true
	}
}

// maxAttributes is how many attributes an element may have; more are refused unseen.
const maxAttributes = 100

func (f *filter) attributes(node *html.Node, own element) {
	if len(node.Attr) == 0 {
		return
	}
	f.element, f.namespace = node.Data, node.Namespace
	kept := make([]html.Attribute, 0, len(node.Attr))
	for i, attribute := range node.Attr {
		f.attribute = attribute.Key
		switch {
		case i >= maxAttributes:
			f.note(KindAttribute, node.Data, attribute.Key, attribute.Val)
			continue
		case attribute.Namespace == "xmlns": // says nothing in HTML
			continue
		case attribute.Namespace != "":
			f.note(KindAttribute, node.Data, attribute.Namespace+":"+attribute.Key, attribute.Val)
			continue
		}
		value, refused := f.check(node, own, attribute)
		if refused != "" {
			if meaningless(node, attribute.Key) {
				continue
			}
			f.note(refused, node.Data, attribute.Key, attribute.Val)
			continue
		}
		attribute.Val = value
		kept = append(kept, attribute)
	}
	node.Attr = kept
	if len(kept) > 0 {
		f.tag(html.Token{Type: html.StartTagToken, Data: node.Data, Attr: kept}.String())
	}
}

// tag remembers a start tag, the same one once.
func (f *filter) tag(written string) {
	if _, known := f.known[written]; known {
		return
	}
	if f.known == nil {
		f.known = map[string]struct{}{}
	}
	f.known[written] = struct{}{}
	f.tags.WriteString(written)
}

func (f *filter) check(node *html.Node, own element, attribute html.Attribute) (string, Kind) {
	name := attribute.Key
	if c, ok := own[name]; ok {
		return c(f, attribute.Val)
	}
	switch {
	case node.Data == wire.PlaceTag:
		return "", KindAttribute
	case strings.HasPrefix(name, "data-"):
		return data(f, name, attribute.Val)
	case strings.HasPrefix(name, "aria-"):
		if c, ok := ariaAttributes[name]; ok {
			return c(f, attribute.Val)
		}
		return "", KindAttribute
	}
	global := globalAttributes
	if node.Namespace != "" {
		global = foreignAttributes
	}
	if c, ok := global[name]; ok {
		return c(f, attribute.Val)
	}
	return "", KindAttribute
}
