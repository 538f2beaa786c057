package markdown

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
)

// tag is one tag as it was typed.
type tag struct {
	name           string
	attrs          []attr
	closing, empty bool
	size           int // bytes
}

const maxAttrs = 100

// readTag reads the tag at the start of s, by XML's rules: what is no tag of XML is text. It looks no further than the next <,
// so that reading all of a source takes time by its length.
func readTag(s string) (t tag, ok bool) {
	i := 1
	if strings.HasPrefix(s, "</") {
		t.closing, i = true, 2
	}
	t.name, i = readName(s, i)
	if t.name == "" || strings.Contains(t.name, ":") {
		return t, false
	}
	for {
		start := i
		i = skipSpace(s, i)
		switch {
		case i >= len(s):
			return t, false
		case s[i] == '>':
			t.size = i + 1
			return t, true
		case strings.HasPrefix(s[i:], "/>") && !t.closing:
			t.empty, t.size = true, i+2
			return t, true
		case i == start || t.closing || len(t.attrs) == maxAttrs:
			return t, false
		}
		var a attr
		if a, i, ok = readAttr(s, i); !ok {
			return t, false
		}
		for _, other := range t.attrs {
			if other.name == a.name {
				return t, false
			}
		}
		t.attrs = append(t.attrs, a)
	}
}

func readAttr(s string, i int) (a attr, end int, ok bool) {
	a.name, i = readName(s, i)
	i = skipSpace(s, i)
	if a.name == "" || i >= len(s) || s[i] != '=' {
		return a, i, false
	}
	if prefix, _, colon := strings.Cut(a.name, ":"); colon && prefix != "xml" {
		return a, i, false // a name space that nobody declared
	}
	i = skipSpace(s, i+1)
	if i >= len(s) || s[i] != '"' && s[i] != '\'' {
		return a, i, false
	}
	length := strings.IndexAny(s[i+1:], s[i:i+1]+"<")
	if length < 0 || s[i+1+length] == '<' {
		return a, i, false
	}
	a.value = decode(strings.Map(oneLine, s[i+1:i+1+length]))
	return a, i + length + 2, true
}

func oneLine(r rune) rune {
	if r == '\n' || r == '\t' || r == '\r' || r == soft {
		return ' '
	}
	return r
}

func readName(s string, i int) (name string, end int) {
	start := i
	for i < len(s) && (letter(s[i]) || i > start && (s[i] >= '0' && s[i] <= '9' || s[i] == '-' || s[i] == '.' || s[i] == ':')) {
		i++
	}
	return s[start:i], i
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }

func skipSpace(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r' || s[i] == soft) {
		i++
	}
	return i
}

// decode resolves references to characters. An ampersand that begins none stays as it is.
func decode(s string) string {
	i := strings.IndexByte(s, '&')
	if i < 0 {
		return s
	}
	var b strings.Builder
	for ; i >= 0; i = strings.IndexByte(s, '&') {
		b.WriteString(s[:i])
		text, size := reference(s[i:])
		b.WriteString(text)
		s = s[i+size:]
	}
	b.WriteString(s)
	return b.String()
}

// reference reads what an ampersand at the start of s begins, and how many bytes it has.
func reference(s string) (text string, size int) {
	end := strings.IndexByte(s[:min(len(s), 12)], ';')
	if end < 2 {
		return "&", 1
	}
	name := s[1:end]
	if digits, numeric := strings.CutPrefix(name, "#"); numeric {
		base := 10
		if hexadecimal, ok := strings.CutPrefix(strings.ToLower(digits), "x"); ok {
			digits, base = hexadecimal, 16
		}
		n, err := strconv.ParseUint(digits, base, 32)
		if err != nil || !allowed(rune(n)) {
			return "&", 1
		}
		return string(rune(n)), end + 1
	}
	if named, ok := capa.Entity(name); ok {
		return named, end + 1
	}
	return "&", 1
}

// allowed reports whether XML may hold a character.
func allowed(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r != 0xFFFE && r != 0xFFFF && utf8.ValidRune(r)
}
