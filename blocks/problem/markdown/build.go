package markdown

import (
	"errors"
	"strings"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
)

// Limits of what is made: those of [capa.Compile].
const (
	maxNodes = 20_000
	maxDepth = 150
)

var errTooMany = errors.New("the problem has too many parts: split it")

// builder makes a tree of what rules write and of what the author typed. A tag that the author typed ends at the latest where
// the element ends in which a rule put it.
type builder struct {
	c    *converter
	open []*node
}

func (b *builder) top() *node { return b.open[len(b.open)-1] }

// add appends a kid to the innermost open element.
func (b *builder) add(kid *node) {
	if b.c.count++; b.c.count > maxNodes {
		b.c.failed = errTooMany
		return
	}
	b.top().add(kid)
}

// begin opens an element of a rule's own.
func (b *builder) begin(name string, line int, attrs ...attr) {
	n := &node{name: name, attrs: attrs, line: line, cut: -1}
	b.add(n)
	b.open = append(b.open, n)
}

// end closes the innermost element of a rule's own, and what the author left open in it.
func (b *builder) end() {
	for i := len(b.open) - 1; i > 0; i-- {
		n := b.open[i]
		b.open = b.open[:i]
		if !n.typed {
			return
		}
		b.unclosed(n)
	}
}

func (b *builder) unclosed(n *node) {
	b.c.warn(n.line, "<"+n.name+"> is never closed", "write </"+n.name+"> behind what it holds")
}

// empty adds an element of a rule's own that holds nothing.
func (b *builder) empty(name string, line int, attrs ...attr) {
	b.begin(name, line, attrs...)
	b.end()
}

// holding adds an element of a rule's own with an author's text in it.
func (b *builder) holding(name string, line int, text string, attrs ...attr) {
	b.begin(name, line, attrs...)
	b.raw(text, line)
	b.end()
}

func (b *builder) text(text string, line int) {
	if text != "" {
		b.add(&node{text: text, line: line})
	}
}

// raw adds what the author typed: text, references to characters, tags and marks.
func (b *builder) raw(s string, line int) {
	var text strings.Builder
	flush := func() {
		b.text(text.String(), line)
		line += strings.Count(text.String(), "\n")
		text.Reset()
	}
	for s != "" && b.c.failed == nil {
		i := strings.IndexAny(s, "<&"+string(markOpen)+string(swallowed)+string(soft))
		if i < 0 {
			i = len(s)
		}
		text.WriteString(s[:i])
		if s = s[i:]; s == "" {
			break
		}
		switch s[0] {
		case soft:
			text.WriteByte(' ')
			s = s[1:]
		case swallowed:
			line++
			s = s[1:]
		case '&':
			character, size := reference(s)
			text.WriteString(character)
			s = s[size:]
		case '<':
			flush()
			s = s[b.markup(s, line):]
		default:
			flush()
			_, p, after := b.c.nextMark(s)
			if p != nil {
				b.piece(p)
			}
			s = after
		}
	}
	flush()
}

// markup adds the tag at the start of s, or the < as a text where there is none.
func (b *builder) markup(s string, line int) (size int) {
	t, ok := readTag(s)
	if !ok || len(b.open) >= maxDepth && !t.closing {
		if len(s) > 1 && (letter(s[1]) || s[1] == '/' || s[1] == '!') {
			b.c.warn(line, "a < that begins no tag is shown as it is", `close the tag by >, give each attribute a value in quotes like controls="controls", or write &lt; for the sign`)
		}
		b.text("<", line)
		return 1
	}
	for i := range t.attrs {
		t.attrs[i].value = b.c.typed(t.attrs[i].value)
	}
	switch {
	case t.closing:
		b.closeTyped(&t, line)
	case t.empty || void(t.name):
		b.add(&node{name: t.name, attrs: t.attrs, line: line, typed: true, cut: -1})
	default:
		n := &node{name: t.name, attrs: t.attrs, line: line, typed: true, cut: -1}
		b.add(n)
		b.open = append(b.open, n)
	}
	return t.size
}

// openTyped is where an element that the author opened stands among the open ones, -1 when there is none to close.
func (b *builder) openTyped(name string) int {
	for i := len(b.open) - 1; i > 0 && b.open[i].typed; i-- {
		if strings.EqualFold(b.open[i].name, name) {
			return i
		}
	}
	return -1
}

func (b *builder) closeTyped(t *tag, line int) {
	at := b.openTyped(t.name)
	if at < 0 {
		if !void(t.name) {
			b.c.warn(line, "</"+t.name+"> closes nothing, and is left out", "remove it, or open it before")
		}
		return
	}
	for _, n := range b.open[at+1:] {
		b.unclosed(n)
	}
	b.open = b.open[:at]
}

// closesOuter reports whether a text closes a tag that an earlier line opened.
func (b *builder) closesOuter(s string) bool {
	var here []string
	for i := strings.IndexByte(s, '<'); i >= 0; i = strings.IndexByte(s, '<') {
		s = s[i:]
		t, ok := readTag(s)
		if !ok {
			s = s[1:]
			continue
		}
		s = s[t.size:]
		switch {
		case !t.closing && !t.empty && !void(t.name):
			here = append(here, t.name)
		case t.closing && len(here) > 0 && strings.EqualFold(here[len(here)-1], t.name):
			here = here[:len(here)-1]
		case t.closing && len(here) == 0 && b.openTyped(t.name) >= 0:
			return true
		}
	}
	return false
}

// endLine remembers what the tags that this line opened hold so far.
func (b *builder) endLine() {
	for i := len(b.open) - 1; i > 0 && b.open[i].typed && b.open[i].cut < 0; i-- {
		b.open[i].cut = len(b.open[i].kids)
	}
}

// finish closes what the author left open in a section. What came on later lines is no part of it: an unclosed tag of a text must
// not swallow the question below.
func (b *builder) finish() {
	for i := len(b.open) - 1; i > 0; i-- {
		n, parent := b.open[i], b.open[i-1]
		b.unclosed(n)
		if n.cut >= 0 && n.cut < len(n.kids) {
			later := n.kids[n.cut:]
			n.kids = n.kids[:n.cut:n.cut]
			for _, kid := range later {
				parent.add(kid)
			}
		}
	}
	b.open = b.open[:1]
}

// piece adds what a mark stands for.
func (b *builder) piece(p *piece) {
	switch p.kind {
	case typedMarkup:
		b.raw(p.text, p.line)
	case typedComment:
		b.add(&node{name: comment, text: p.text, line: p.line})
	case codeBlock:
		b.code(p)
	case label:
		b.label(p)
	case heading:
		b.holding("h3", p.line, p.text, attr{"class", "hd hd-2 problem-header"})
	case dropdown:
		b.dropdown(p)
	case explanation:
		b.explanation(p)
	}
}

// code adds a block of code. Its tags count only if they match: programs are full of < signs.
func (b *builder) code(p *piece) {
	b.begin("pre", p.line)
	b.begin("code", p.line)
	if matched(p.text) {
		b.raw(p.text, p.line)
	} else {
		b.text(b.c.value(p.text), p.line)
	}
	b.end()
	b.end()
}

// matched reports whether each tag of a text is closed in it.
func matched(s string) bool {
	var open []string
	for i := strings.IndexByte(s, '<'); i >= 0; i = strings.IndexByte(s, '<') {
		s = s[i:]
		t, ok := readTag(s)
		switch {
		case !ok:
			s = s[1:]
			continue
		case t.closing && (len(open) == 0 || open[len(open)-1] != t.name):
			return false
		case t.closing:
			open = open[:len(open)-1]
		case !t.empty && !void(t.name):
			open = append(open, t.name)
		}
		s = s[t.size:]
	}
	return len(open) == 0
}

func (b *builder) label(p *piece) {
	parts := strings.Split(p.text, "||")
	b.holding("label", p.line, parts[0])
	if len(parts) > 1 && parts[1] != "" {
		b.holding("description", p.line+strings.Count(parts[0], "\n"), parts[1])
	}
	if len(parts) > 2 {
		b.c.warn(p.line, "what stands behind the second || of a question is left out", "write one || only, before the description")
	}
}

func (b *builder) explanation(p *piece) {
	b.begin("solution", p.line)
	b.begin("div", p.line, attr{"class", "detailed-solution"})
	b.holding("p", p.line, "Explanation")
	for _, l := range b.c.lines(p.text, p.line) {
		b.textLine(l)
	}
	b.end()
	b.end()
}

func (c *converter) warn(line int, message, fix string) { c.find(capa.Warning, line, message, fix) }

const maxFindings = 100

func (c *converter) find(level capa.Level, line int, message, fix string) {
	if len(c.findings) < maxFindings {
		c.findings = append(c.findings, capa.Finding{Level: level, Line: line, Column: 1, Message: message, Fix: fix})
	}
}
