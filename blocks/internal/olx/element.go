package olx

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
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

// Body is what stands between the tags for a reader of markup, white space around it left out: byte for byte, or what one
// CDATA section around all of it holds.
func (e *Element) Body() string {
	body := strings.TrimSpace(e.Inner)
	if held, ok := strings.CutPrefix(body, cdataOpen); ok {
		if held, rest, ok := strings.Cut(held, cdataClose); ok && rest == "" {
			return held
		}
	}
	return body
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

// kind says what stands at a place of the source.
type kind int

const (
	text kind = iota
	tag
	endTag
	cdata
	ignored // a comment, a processing instruction, a document type
)

const (
	cdataOpen  = "<![CDATA["
	cdataClose = "]]>"
)

type scanner struct {
	text string
	pos  int
	line int
}

func (s *scanner) fail(reason string) error {
	return fmt.Errorf("%w: line %d: %s", ErrSource, s.line, reason)
}

// to moves on and counts lines.
func (s *scanner) to(pos int) {
	s.line += strings.Count(s.text[s.pos:pos], "\n")
	s.pos = pos
}

// peek says what stands here.
func (s *scanner) peek() (kind, error) {
	rest := s.text[s.pos:]
	switch {
	case rest[0] != '<':
		return text, nil
	case strings.HasPrefix(rest, cdataOpen):
		return cdata, nil
	case strings.HasPrefix(rest, "</"):
		return endTag, nil
	case strings.HasPrefix(rest, "<!"), strings.HasPrefix(rest, "<?"):
		return ignored, nil
	case len(rest) > 1 && nameByte(rest[1]):
		return tag, nil
	}
	return text, s.fail("a < begins no tag: write &lt;")
}

// markup moves behind the one thing that stands here; of an element that is its opening tag.
func (s *scanner) markup() (kind, error) {
	kind, err := s.peek()
	if err != nil {
		return kind, err
	}
	end := ">"
	switch rest := s.text[s.pos:]; {
	case kind == text:
		next := strings.IndexByte(rest, '<')
		if next < 0 {
			next = len(rest)
		}
		s.to(s.pos + next)
		return kind, nil
	case kind == tag:
		_, _, err := s.open()
		return kind, err
	case kind == cdata:
		end = cdataClose
	case strings.HasPrefix(rest, "<!--"):
		end = "-->"
	case strings.HasPrefix(rest, "<?"):
		end = "?>"
	}
	at := strings.Index(s.text[s.pos:], end)
	if at < 0 {
		return kind, s.fail("this is never closed: write " + end)
	}
	s.to(s.pos + at + len(end))
	return kind, nil
}

// element reads the element that starts here and moves behind it. How tags inside of it match is the host's business, which
// checked it; here they are counted.
func (s *scanner) element() (*Element, error) {
	first := s.pos
	e, empty, err := s.open()
	if err != nil {
		return nil, err
	}
	e.Line = s.line
	if empty {
		e.Source = s.text[first:s.pos]
		return e, nil
	}
	start := s.pos
	for depth := 1; s.pos < len(s.text); {
		kind, err := s.peek()
		if err != nil {
			return nil, err
		}
		switch kind {
		case tag:
			_, empty, err := s.open()
			if err != nil {
				return nil, err
			}
			if !empty {
				depth++
			}
			continue
		case endTag:
			depth--
		case text, cdata, ignored:
		}
		end := s.pos
		if _, err := s.markup(); err != nil {
			return nil, err
		}
		if depth == 0 {
			e.Inner, e.Source = s.text[start:end], s.text[first:s.pos]
			return e, nil
		}
	}
	return nil, s.fail("<" + e.Name + "> is never closed")
}

// open reads an opening tag; empty says that it closes itself.
func (s *scanner) open() (e *Element, empty bool, err error) {
	s.pos++
	e = &Element{Name: s.name()}
	for {
		s.space()
		switch rest := s.text[s.pos:]; {
		case rest == "":
			return nil, false, s.fail("<" + e.Name + " has no >")
		case rest[0] == '>':
			s.pos++
			return e, false, nil
		case strings.HasPrefix(rest, "/>"):
			s.pos += 2
			return e, true, nil
		case len(e.Attributes) == maxAttributes:
			return nil, false, s.fail(fmt.Sprintf("<%s> has more than %d attributes", e.Name, maxAttributes))
		}
		if err := s.attribute(e); err != nil {
			return nil, false, err
		}
	}
}

func (s *scanner) attribute(e *Element) error {
	name := s.name()
	s.space()
	if name == "" || !strings.HasPrefix(s.text[s.pos:], "=") {
		return s.fail("<" + e.Name + "> has an attribute without a value")
	}
	s.pos++
	s.space()
	if s.pos >= len(s.text) || s.text[s.pos] != '"' && s.text[s.pos] != '\'' {
		return s.fail("the value of " + name + " needs quotes")
	}
	quote := s.text[s.pos]
	length := strings.IndexByte(s.text[s.pos+1:], quote)
	if length < 0 {
		return s.fail("the value of " + name + " is never closed")
	}
	value := s.text[s.pos+1 : s.pos+1+length]
	e.Attributes = append(e.Attributes, Attribute{name, decode(oneLine(value))})
	s.to(s.pos + length + 2)
	return nil
}

func (s *scanner) name() string {
	start := s.pos
	for s.pos < len(s.text) && nameByte(s.text[s.pos]) {
		s.pos++
	}
	return s.text[start:s.pos]
}

func (s *scanner) space() {
	start := s.pos
	for start < len(s.text) && strings.IndexByte(" \t\r\n", s.text[start]) >= 0 {
		start++
	}
	s.to(start)
}

func nameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.' || c == ':' || c >= utf8.RuneSelf
}

// oneLine replaces line ends in an attribute by spaces, as XML has it; those written as &#10; stay.
func oneLine(value string) string {
	if !strings.ContainsAny(value, "\t\r\n") {
		return value
	}
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ").Replace(value)
}

// decode resolves character references and XML's five entities; what is neither stays as it is.
func decode(value string) string {
	if !strings.Contains(value, "&") {
		return value
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(value, "&")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, ";")
		if r, ok := entity(name); closed && ok {
			b.WriteRune(r)
			value = after
			continue
		}
		b.WriteByte('&')
		value = rest
	}
}

func entity(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, numeric := strings.CutPrefix(name, "#")
	base := 10
	if hexadecimal, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hexadecimal, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if !numeric || err != nil || n == 0 || !utf8.ValidRune(rune(n)) {
		return 0, false
	}
	return rune(n), true
}
