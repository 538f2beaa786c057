package olx

import (
	"encoding/json"
)

// Block is one block of the course.
type Block struct {
	Type, ID string
	// Minted says that the id is ours: the archive gives none, or none that can be used.
	Minted bool
	// Pure says that the element is marked as an XBlock of its own (xblock-family="xblock.v1"): its attributes are YAML, see
	// [YAML], where those of Open edX's older types are JSON or text.
	Pure bool
	// Draft says that the block belongs to a draft.
	Draft bool
	// Broken, if not "", says why the block's definition could not be read. Attributes and children are then what was known
	// without it.
	Broken string

	Parent   *Block
	Children []*Block

	// Attrs are the attributes, the XML's in their order, then those that only policy.json has.
	Attrs []Attribute
	// Sources are the elements that make up the block: first the one that stands in its parent, last the one that defines it.
	// For a block defined in place they are one.
	Sources []Source
	// Body is the file with an html block's text, "" if the text is in the element.
	Body string
	// Again are further elements that name this block: its other parents.
	Again []Source
	// Asides are the elements of asides that stand in the definition.
	Asides []Source
	// References are the links of the definition and the body, in order.
	References []Reference

	olx []byte
}

// Source is an element where it stands. Of a broken file it is the whole text.
type Source struct {
	File string
	// Start and End are bytes of the file. (Of its text as UTF-8 in the rare file that had to be converted; a finding says
	// which.) Lines count from 1.
	Start, End    int
	Line, EndLine int
	// XML is the element, byte for byte. Do not change it.
	XML []byte
}

// Element is where the block stands in its parent.
func (b *Block) Element() Source { return b.Sources[0] }

// Definition is the element that defines the block.
func (b *Block) Definition() Source { return b.Sources[len(b.Sources)-1] }

// OLX gives the block as one element for somebody who reads that type: the definition with the merged attributes in its start
// tag, child blocks, asides, learners' data and secrets left out, HTML's named entities as character references. Where there
// is nothing to merge or to leave out it is the definition, byte for byte. A broken block gives nil. Do not change it.
func (b *Block) OLX() []byte { return b.olx }

// Attr finds an attribute.
func (b *Block) Attr(name string) (Attribute, bool) {
	for i := range b.Attrs {
		if b.Attrs[i].Name == name {
			return b.Attrs[i], true
		}
	}
	return Attribute{}, false
}

func (b *Block) walk(visit func(*Block)) {
	visit(b)
	for _, child := range b.Children {
		child.walk(visit)
	}
}

// Attribute is one attribute of a block.
type Attribute struct {
	Name string
	// Value is the attribute's text. What policy.json gives as a string is that string, anything else its JSON.
	Value string
	// JSON is policy.json's value as it stands there, nil for an attribute of the XML.
	JSON json.RawMessage
	// File, Line, Start and End are where it stands: in XML the whole attribute, in policy.json the value.
	File         string
	Line, Column int
	Start, End   int
	Mark         Mark
	// Replaced is the XML's attribute that policy.json overrides.
	Replaced *Attribute
}

// Mark says what is special about an attribute.
type Mark string

// The marks.
const (
	MarkNone     Mark = ""
	MarkInternal Mark = "internal" // of the format, not of the block: url_name, filename, a draft's place, ...
	MarkUser     Mark = "user"     // a learner's or the site's data, which does not come in with a course (R12)
	MarkSecret   Mark = "secret"   // belongs in the secret store
)

// ReferenceKind says what a reference leads to.
type ReferenceKind string

// The kinds of references.
const (
	ReferenceAsset ReferenceKind = "asset"
	ReferenceBlock ReferenceKind = "block"
)

// Reference is a link from a block or a page to something of the course.
type Reference struct {
	Kind ReferenceKind
	// Target is the asset's name or the block's id, decoded.
	Target string
	File   string
	Line   int
	Column int
	// Block is where the link stands, nil for a page.
	Block *Block
	// Path is the file that an asset's link leads to, To the block that a block's link leads to; empty if there is none.
	Path string
	To   *Block
	// Foreign says that the link names another course than the archive's own.
	Foreign bool
}
