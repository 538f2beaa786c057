package markdown

import (
	"strings"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
)

// line is one line of a section, without marks of line ends.
type line struct {
	text string
	n    int
}

func (l *line) blank() bool { return strings.TrimSpace(l.text) == "" }

// lines splits a text that starts at a line.
func (c *converter) lines(text string, n int) []line {
	var all []line
	for {
		end := strings.IndexAny(text, "\n"+string(soft))
		if end < 0 {
			return append(all, line{strip(text), n})
		}
		all = append(all, line{strip(text[:end]), n})
		n += lineEnds(text[:end+1])
		text = text[end+1:]
	}
}

// section makes the tree of one section.
func (c *converter) section(s span) *node {
	text := c.headings(s)
	text = c.pass(text, s.line).labels()
	text = c.demandHints(text, s.line)
	text = c.pass(text, s.line).joined()
	text = c.pass(text, s.line).dropdowns()
	text = c.pass(text, s.line).explanations()
	b := &builder{c: c, open: []*node{{name: "section", cut: -1}}}
	lines := c.lines(text, s.line)
	for len(lines) > 0 && c.failed == nil {
		n := 1
		switch text := lines[0].text; {
		case strings.TrimSpace(text) == "":
		case isChoice(text):
			n = b.choices(lines)
		case isCheck(text):
			n = b.checks(lines)
		case isAnswer(text):
			n = b.answers(lines)
		default:
			b.textLine(lines[0])
		}
		b.endLine()
		lines = lines[n:]
	}
	b.finish()
	return b.open[0]
}

// headings takes out each line with a line of == below.
func (c *converter) headings(s span) string {
	p := c.pass(s.text, s.line)
	for p.pos < len(p.in) {
		end := find(p.in, "\n", p.pos)
		if end < 0 {
			break
		}
		below := find(p.in, "\n", end+1)
		if below < 0 {
			below = len(p.in)
		}
		if rule := p.in[end+1 : below]; len(rule) < 2 || strings.Trim(rule, "=") != "" {
			p.copyTo(end + 1)
			continue
		}
		p.take(below, heading, strip(p.in[p.pos:end]))
		if below < len(p.in) {
			p.copyTo(below + 1)
		}
	}
	return p.rest()
}

// demandHints takes out lines like || hint ||.
func (c *converter) demandHints(text string, n int) string {
	var b strings.Builder
	for text != "" {
		end := strings.IndexAny(text, "\n"+string(soft)) + 1
		if end == 0 {
			end = len(text)
		}
		one := strings.TrimSpace(strip(strings.Trim(text[:end], string(soft))))
		inside, isHint := strings.CutPrefix(one, "||")
		if inside, _, closed := strings.Cut(inside, "||"); isHint && closed && strings.HasSuffix(one, "||") {
			c.hint(strings.TrimSpace(inside), n)
			b.WriteString(strings.Repeat("\n", lineEnds(text[:end])))
		} else {
			b.WriteString(text[:end])
		}
		n += lineEnds(text[:end])
		text = text[end:]
	}
	return b.String()
}

func (c *converter) hint(text string, n int) {
	b := &builder{c: c, open: []*node{{name: "hints", cut: -1}}}
	b.holding("hint", n, text)
	c.hints = append(c.hints, b.open[0].kids...)
}

// textLine adds a line that belongs to no question: a paragraph, unless it begins with a tag. What stands behind a label or a block
// of code is a paragraph of its own.
func (b *builder) textLine(l line) {
	if word := leftBracket(l.text); word != "" && b.c.opened[word] {
		delete(b.c.opened, word) // its other end
	} else if word != "" {
		b.c.opened[word] = true
		b.c.find(capa.Warning, l.n, "["+word+"] is shown to learners as it is, with what it should hold",
			"close it by [/"+word+"], and write &#93; for a ] between them")
	}
	if text := strings.TrimSpace(l.text); strings.HasPrefix(text, "{{") && strings.HasSuffix(text, "}}") {
		b.c.warn(l.n, "this feedback belongs to no answer, and is shown as text", "write it behind an answer, in the same line")
	}
	bare := false
	for s := l.text; s != ""; {
		before, p, after := b.c.nextMark(s)
		if trimmed := strings.TrimSpace(before); trimmed != "" {
			bare = beginsTag(trimmed) || b.closesOuter(before)
			if bare {
				b.raw(before, l.n)
			} else {
				b.holding("p", l.n, before)
			}
		}
		if p != nil {
			b.piece(p)
		}
		s = after
	}
	if bare {
		b.text("\n", l.n)
	}
}

func beginsTag(s string) bool {
	return len(s) > 1 && s[0] == '<' && (letter(s[1]) || s[1] == '/' || s[1] == '!')
}

// leftBracket names the block that a line opens or closes and that was not found to be one.
func leftBracket(s string) string {
	if !strings.Contains(s, "[") {
		return ""
	}
	s = lowerASCII(s)
	for _, word := range []string{"explanation", "code"} {
		if strings.Contains(s, "["+word+"]") || strings.Contains(s, "[/"+word+"]") {
			return word
		}
	}
	return ""
}
