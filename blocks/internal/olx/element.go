package olx

import (
	"errors"
	"fmt"
	"strings"
)

// Limits of one element.
const (
	MaxSource     = 4 << 20 // bytes
	maxAttributes = 500
	maxChildren   = 10_000
)

// ErrSource is wrapped by every error of this package.
var ErrSource = errors.New("not an OLX element")

// Element is one element.
type Element struct {
	Name string
	// Attributes are in their order, their values decoded.
	Attributes []Attribute
	// Source is the whole element, byte for byte.
	Source string
	// Inner is what stands between the tags, byte for byte; "" for an empty element.
	Inner string
	// Line is where Inner starts, counted from 1 at the start of the source.
	Line int
}

// Attribute is one attribute of an element.
type Attribute struct{ Name, Value string }

// Attr finds an attribute.
func (e *Element) Attr(name string) (value string, ok bool) {
	for i := range e.Attributes {
		if e.Attributes[i].Name == name {
			return e.Attributes[i].Value, true
		}
	}
	return "", false
}

// Text is the element's text without tags and comments, decoded, white space around it left out.
func (e *Element) Text() string {
	var b strings.Builder
	s := scanner{text: e.Inner, line: e.Line}
	for s.pos < len(s.text) {
		from := s.pos
		switch kind, err := s.markup(); {
		case err != nil:
			return strings.TrimSpace(b.String())
		case kind == cdata:
			b.WriteString(s.text[from+len(cdataOpen) : s.pos-len(cdataClose)])
		case kind == text:
			b.WriteString(decode(s.text[from:s.pos]))
		}
	}
	return strings.TrimSpace(b.String())
}

// Body is what stands between the tags for a reader of markup, white space around it left out: byte for byte, or what CDATA
// sections hold that are all of it; a text with the end of such a section in it takes two.
func (e *Element) Body() string {
	body := strings.TrimSpace(e.Inner)
	var held strings.Builder
	for rest := body; ; {
		section, ok := strings.CutPrefix(rest, cdataOpen)
		if !ok {
			return body
		}
		if section, rest, ok = strings.Cut(section, cdataClose); !ok {
			return body
		}
		if held.WriteString(section); rest == "" {
			return held.String()
		}
	}
}

// Read reads one element from its source. Comments, processing instructions and white space may stand around it.
func Read(source []byte) (*Element, error) {
	if len(source) > MaxSource {
		return nil, fmt.Errorf("%w: it has %d bytes, the limit is %d", ErrSource, len(source), MaxSource)
	}
	s := scanner{text: string(source), line: 1}
	s.text = strings.TrimPrefix(strings.ToValidUTF8(s.text, "\uFFFD"), "\uFEFF")
	for s.pos < len(s.text) {
		kind, err := s.peek()
		switch {
		case err != nil:
			return nil, err
		case kind == tag:
			return s.element()
		case kind == endTag:
			return nil, s.fail("a closing tag stands first")
		}
		if _, err := s.markup(); err != nil {
			return nil, err
		}
	}
	return nil, s.fail("there is no tag")
}

// Part is one piece of what stands in an element: an element directly inside, or a text, a comment or the like.
type Part struct {
	// Source is the piece, byte for byte; all of them together are the element's Inner.
	Source string
	// Element is nil for what is no element.
	Element *Element
	// Text says that it is characters rather than a comment, a processing instruction or a document type.
	Text bool
}

// Parts lists what stands directly inside, in its order.
func (e *Element) Parts() ([]Part, error) {
	s := scanner{text: e.Inner, line: e.Line}
	var parts []Part
	for s.pos < len(s.text) {
		from := s.pos
		kind, err := s.peek()
		switch {
		case err != nil:
			return nil, err
		case kind == endTag:
			return nil, s.fail("a closing tag closes nothing")
		case len(parts) == maxChildren:
			return nil, s.fail(fmt.Sprintf("there are more than %d elements", maxChildren))
		}
		part := Part{Text: kind == text || kind == cdata}
		if kind == tag {
			part.Element, err = s.element()
		} else {
			_, err = s.markup()
		}
		if err != nil {
			return nil, err
		}
		part.Source = s.text[from:s.pos]
		parts = append(parts, part)
	}
	return parts, nil
}

// Children lists the elements directly inside.
func (e *Element) Children() ([]*Element, error) {
	parts, err := e.Parts()
	if err != nil {
		return nil, err
	}
	var children []*Element
	for _, part := range parts {
		if part.Element != nil {
			children = append(children, part.Element)
		}
	}
	return children, nil
}
