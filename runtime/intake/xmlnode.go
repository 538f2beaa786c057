package intake

import "strings"

// XMLKind says what a node is.
type XMLKind uint8

// The kinds of nodes.
const (
	XMLElement     XMLKind = iota + 1
	XMLText                // character data; Text has references resolved and line ends made "\n"
	XMLCData               // a CDATA section
	XMLComment             // Text is what stands between <!-- and -->
	XMLInstruction         // <?Name Text?>; the XML declaration is one too
	XMLDoctype             // a document type without declarations; Name is the root element's, Text the rest
)

// XMLDocument is a parsed file. It does not change after parsing and is safe for concurrent reading.
type XMLDocument struct {
	File string
	// Source is the UTF-8 text that all offsets count in: the file's own bytes, byte order mark included, unless Recoded.
	Source  []byte
	Recoded bool // the file was not UTF-8
	Root    *XMLNode
	// Nodes are the top-level nodes in order: declaration, comments, document type, Root.
	Nodes []*XMLNode
	// Entities are the uses of HTML's named entities, which XML does not know, in order.
	Entities []XMLEntity

	lines *Lines
}

// XMLEntity is one use of a named entity of HTML.
type XMLEntity struct {
	Name       string // without & and ;
	Text       string // what it stands for
	Start, End int
}

// XMLNode is one node. Names are as written, with their prefix; prefixes need not be declared.
type XMLNode struct {
	Kind     XMLKind
	Name     string
	Attrs    []XMLAttr // in the order of the source, namespace declarations among them
	Text     string
	Children []*XMLNode
	// Start and End are the bytes of the whole node in Source. Inner is what stands between an element's tags; both are
	// InnerStart == InnerEnd == End for <a/>.
	Start, End           int
	InnerStart, InnerEnd int
}

// XMLAttr is one attribute; Start and End are its bytes from the name to the closing quote.
type XMLAttr struct {
	Name, Value string
	Start, End  int
}

// Slice gives a node's exact source. Do not change it.
func (d *XMLDocument) Slice(n *XMLNode) []byte { return d.Source[n.Start:n.End:n.End] }

// Position gives the line and the column of an offset in Source, both from 1.
func (d *XMLDocument) Position(offset int) (line, column int) { return d.lines.Position(offset) }

// Attr finds an attribute by its name as written.
func (n *XMLNode) Attr(name string) (value string, ok bool) {
	for i := range n.Attrs {
		if n.Attrs[i].Name == name {
			return n.Attrs[i].Value, true
		}
	}
	return "", false
}

// Elements gives the child elements.
func (n *XMLNode) Elements() []*XMLNode {
	var elements []*XMLNode
	for _, child := range n.Children {
		if child.Kind == XMLElement {
			elements = append(elements, child)
		}
	}
	return elements
}

// Content is the text of n and all below it, without comments and instructions.
func (n *XMLNode) Content() string {
	var b strings.Builder
	n.content(&b)
	return b.String()
}

func (n *XMLNode) content(b *strings.Builder) {
	if n.Kind == XMLText || n.Kind == XMLCData {
		b.WriteString(n.Text)
	}
	for _, child := range n.Children {
		child.content(b)
	}
}
