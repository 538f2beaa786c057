package olx

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

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
