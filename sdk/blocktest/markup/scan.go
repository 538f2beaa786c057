// Package markup reads the HTML of fragments for tests: what a reader sees of it, which controls it has, and what in it
// breaks the rules of fragments. It is no browser's parser and changes nothing: what is odd is skipped, not mended.
package markup

import (
	"html"
	"strings"
)

// Kind is what a Token is.
type Kind int

// The kinds of tokens.
const (
	Text Kind = iota
	Start
	End
)

// Token is one piece of markup. Comments and declarations are left out.
type Token struct {
	Kind Kind
	// Name is a tag's, in lower case.
	Name string
	// Attrs are a start tag's attributes in order, names in lower case, values without entities.
	Attrs []Attr
	// Text is text without entities.
	Text string
	// Line counts from 1.
	Line int
}

// Attr is one attribute.
type Attr struct{ Name, Value string }

// Attr returns an attribute's value.
func (t *Token) Attr(name string) (value string, ok bool) {
	for _, a := range t.Attrs {
		if a.Name == name {
			return a.Value, true
		}
	}
	return "", false
}

// Has reports whether an attribute is there.
func (t *Token) Has(name string) bool { _, ok := t.Attr(name); return ok }

// rawText are elements whose content holds no markup; that of the last two still holds entities.
var rawText = map[string]bool{"script": true, "style": true, "textarea": false, "title": false}

// Void reports whether an element has no content and no end tag.
func Void(name string) bool {
	switch name {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}

// scanner walks through markup.
type scanner struct {
	rest   string
	line   int
	tokens []Token
}

// Scan takes markup apart.
func Scan(source string) []Token {
	s := &scanner{rest: source, line: 1}
	for s.rest != "" {
		s.text()
		s.tag()
	}
	return s.tokens
}

// take removes n bytes from the front.
func (s *scanner) take(n int) string {
	taken := s.rest[:n]
	s.rest = s.rest[n:]
	s.line += strings.Count(taken, "\n")
	return taken
}

func (s *scanner) add(t Token) { s.tokens = append(s.tokens, t) }

// text takes what stands before the next tag. A < that starts no tag is text.
func (s *scanner) text() {
	end := 0
	for {
		i := strings.IndexByte(s.rest[end:], '<')
		if i < 0 {
			end = len(s.rest)
			break
		}
		end += i
		if startsTag(s.rest[end:]) {
			break
		}
		end++
	}
	if end > 0 {
		line := s.line
		s.add(Token{Kind: Text, Text: html.UnescapeString(s.take(end)), Line: line})
	}
}

func startsTag(s string) bool {
	if len(s) < 2 {
		return false
	}
	if s[1] == '/' {
		return len(s) > 2 && letter(s[2])
	}
	return letter(s[1]) || s[1] == '!' || s[1] == '?'
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

// tag takes one tag, comment or declaration, and the content of elements that hold text alone.
func (s *scanner) tag() {
	switch {
	case s.rest == "":
		return
	case strings.HasPrefix(s.rest, "<!--"):
		s.until("-->")
		return
	case s.rest[1] == '!' || s.rest[1] == '?':
		s.until(">")
		return
	}
	t := Token{Kind: Start, Line: s.line}
	s.take(1)
	if s.rest[0] == '/' {
		t.Kind = End
		s.take(1)
	}
	t.Name = strings.ToLower(s.take(wordEnd(s.rest, "/>")))
	t.Attrs = s.attrs()
	s.add(t)
	if entities, raw := rawText[t.Name]; raw && t.Kind == Start {
		s.raw(t.Name, entities)
	}
}

func (s *scanner) until(end string) {
	if i := strings.Index(s.rest, end); i >= 0 {
		s.take(i + len(end))
		return
	}
	s.take(len(s.rest))
}

// wordEnd is where a word ends: before white space or one of the stops.
func wordEnd(text, stops string) int {
	for i := range len(text) {
		if space(text[i]) || strings.IndexByte(stops, text[i]) >= 0 {
			return i
		}
	}
	return len(text)
}

func (s *scanner) skipSpace() {
	n := 0
	for n < len(s.rest) && (space(s.rest[n]) || s.rest[n] == '/') {
		n++
	}
	s.take(n)
}

// attrs takes attributes up to the end of the tag.
func (s *scanner) attrs() []Attr {
	var attrs []Attr
	for s.skipSpace(); s.rest != ""; s.skipSpace() {
		if s.rest[0] == '>' {
			s.take(1)
			return attrs
		}
		n := wordEnd(s.rest, "=/>")
		if n == 0 { // a stray =
			n = 1
		}
		a := Attr{Name: strings.ToLower(s.take(n))}
		s.skipSpaceOnly()
		if strings.HasPrefix(s.rest, "=") {
			s.take(1)
			s.skipSpaceOnly()
			a.Value = html.UnescapeString(s.value())
		}
		attrs = append(attrs, a)
	}
	return attrs
}

func (s *scanner) skipSpaceOnly() {
	n := 0
	for n < len(s.rest) && space(s.rest[n]) {
		n++
	}
	s.take(n)
}

func (s *scanner) value() string {
	if s.rest == "" {
		return ""
	}
	if quote := s.rest[0]; quote == '"' || quote == '\'' {
		s.take(1)
		i := strings.IndexByte(s.rest, quote)
		if i < 0 {
			return s.take(len(s.rest))
		}
		value := s.take(i)
		s.take(1)
		return value
	}
	return s.take(wordEnd(s.rest, ">"))
}

// raw takes an element's text up to its end tag.
func (s *scanner) raw(name string, verbatim bool) {
	end := endOf(s.rest, name)
	if end == 0 {
		return
	}
	line, text := s.line, s.take(end)
	if !verbatim {
		text = html.UnescapeString(text)
	}
	s.add(Token{Kind: Text, Text: text, Line: line})
}

// endOf is where an element's end tag begins, in any case; the end of the text without one.
func endOf(text, name string) int {
	from := 0
	for {
		i := strings.Index(text[from:], "</")
		if i < 0 {
			return len(text)
		}
		from += i
		if tail := text[from+2:]; len(tail) >= len(name) && strings.EqualFold(tail[:len(name)], name) {
			return from
		}
		from += 2
	}
}
