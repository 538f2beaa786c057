package markdown

import (
	"strconv"
	"strings"
)

// Characters that no source holds after [clean], for our own use in texts.
const (
	markOpen  = '\x01' // before the number of a piece
	markClose = '\x02'
	soft      = '\x03' // ends a line that the source does not end
	swallowed = '\x04' // a line end of the source that ends no line any more
)

// kind says what was taken out of the text.
type kind int

const (
	typedMarkup kind = iota // tags whose inside is not read by lines
	typedComment
	codeBlock
	label
	heading
	dropdown
	explanation
)

// piece is what was taken out of the text; a mark stands in its place.
type piece struct {
	kind kind
	text string
	line int
	// source is all that the mark stands for, as it was typed.
	source string
}

// pass goes through a text once and copies it, with marks in the place of pieces.
type pass struct {
	c     *converter
	in    string
	lower string // in with ASCII letters in lower case, for words that may be written either way
	pos   int
	line  int
	out   strings.Builder
}

func (c *converter) pass(text string, line int) *pass {
	return &pass{c: c, in: text, line: line}
}

// copyTo copies up to a place.
func (p *pass) copyTo(end int) {
	p.out.WriteString(p.in[p.pos:end])
	p.line += lineEnds(p.in[p.pos:end])
	p.pos = end
}

// take moves behind a piece, and leaves its mark.
func (p *pass) take(end int, k kind, text string) {
	p.c.pieces = append(p.c.pieces, piece{k, text, p.line, strip(p.in[p.pos:end])})
	p.out.WriteString(string(markOpen) + strconv.Itoa(len(p.c.pieces)-1) + string(markClose))
	p.skip(end)
}

// skip moves on and leaves only the count of lines.
func (p *pass) skip(end int) {
	n := lineEnds(p.in[p.pos:end])
	p.out.WriteString(strings.Repeat(string(swallowed), n))
	p.line += n
	p.pos = end
}

func (p *pass) rest() string {
	p.copyTo(len(p.in))
	return p.out.String()
}

func lineEnds(s string) int {
	return strings.Count(s, "\n") + strings.Count(s, string(swallowed))
}

// find is where a text stands at or behind a place, -1 when nowhere.
func find(s, what string, from int) int {
	if from > len(s) {
		return -1
	}
	if i := strings.Index(s[from:], what); i >= 0 {
		return from + i
	}
	return -1
}

// nextMark splits a text at its first mark.
func (c *converter) nextMark(s string) (before string, p *piece, after string) {
	before, rest, found := strings.Cut(s, string(markOpen))
	if !found {
		return s, nil, ""
	}
	number, after, _ := strings.Cut(rest, string(markClose))
	n, err := strconv.Atoi(number)
	if err != nil || n >= len(c.pieces) {
		return before, nil, after
	}
	return before, &c.pieces[n], after
}

// value is a text where no tag can stand: with what was typed in the place of marks, and characters for references to them.
func (c *converter) value(s string) string {
	return decode(c.typed(s))
}

func (c *converter) typed(s string) string {
	var b strings.Builder
	for s != "" {
		before, p, after := c.nextMark(s)
		b.WriteString(before)
		if p != nil {
			b.WriteString(c.typed(p.source))
		}
		s = after
	}
	return strings.Map(func(r rune) rune {
		if r == soft || r == swallowed {
			return -1
		}
		return r
	}, b.String())
}

// regions takes out code, and tags whose inside is not read by lines.
func (p *pass) regions() string {
	p.lower = lowerASCII(p.in)
	missing := map[string]bool{} // ends that do not come any more
	for {
		at := strings.IndexAny(p.in[p.pos:], "<[")
		if at < 0 {
			return p.rest()
		}
		p.copyTo(p.pos + at)
		if !p.code() && !p.comment(missing) && !p.tagged(missing) {
			p.copyTo(p.pos + 1)
		}
	}
}

// bracketed finds [word]...[/word] or [word]...[word]. Nothing between them may be a ], which is Open edX's rule.
func (p *pass) bracketed(word string) (from, to, end int, ok bool) {
	if !strings.HasPrefix(p.lower[p.pos:], "["+word+"]") {
		return 0, 0, 0, false
	}
	from = p.pos + len(word) + 2
	bracket := find(p.in, "]", from)
	for bracket >= 0 && ticks(p.in, bracket) {
		bracket = find(p.in, "]", bracket+1)
	}
	if bracket < 0 {
		return 0, 0, 0, false
	}
	for _, opening := range []string{"[/" + word, "[" + word} {
		if strings.HasSuffix(p.lower[from:bracket], opening) {
			to = bracket - len(opening)
			if strings.HasPrefix(p.in[from:to], "\n") {
				from++
			}
			return from, to, bracket + 1, true
		}
	}
	return 0, 0, 0, false
}

// ticks reports whether a ] ends a [x] at the start of a line.
func ticks(s string, bracket int) bool {
	open := strings.LastIndexByte(s[max(0, bracket-5):bracket], '[')
	if open < 0 {
		return false
	}
	open += max(0, bracket-5)
	start := strings.LastIndexAny(s[max(0, open-40):open], "\n"+string(soft)) + 1
	before := s[max(0, open-40)+start : open]
	return (start > 0 || open <= 40) && strings.TrimSpace(before) == "" && checkPrefix(s[open:bracket+1]) == bracket+1-open
}

func (p *pass) code() bool {
	from, to, end, ok := p.bracketed("code")
	if ok {
		p.take(end, codeBlock, p.in[from:to])
	}
	return ok
}

func (p *pass) comment(missing map[string]bool) bool {
	const open, end = "<!--", "-->"
	if !strings.HasPrefix(p.in[p.pos:], open) || missing[end] {
		return false
	}
	from := p.pos + len(open)
	to := find(p.in, end, from)
	if to < 0 {
		missing[end] = true
		return false
	}
	inside := p.in[from:to]
	if strings.Contains(inside, "--") || strings.HasSuffix(inside, "-") {
		return false
	}
	p.take(to+len(end), typedComment, inside)
	return true
}

// tagged takes out an element in whose inside nothing is read by lines.
func (p *pass) tagged(missing map[string]bool) bool {
	for _, name := range []string{"pre", "script", "style", "label", "description"} {
		if !strings.HasPrefix(p.in[p.pos+1:], name) || missing[name] {
			continue
		}
		open, ok := readTag(p.in[p.pos:])
		if !ok || open.name != name || open.empty {
			return false
		}
		end := find(p.in, "</"+name, p.pos+open.size)
		if end < 0 {
			missing[name] = true
			return false
		}
		closing, ok := readTag(p.in[end:])
		if !ok || closing.name != name {
			return false
		}
		p.take(end+closing.size, typedMarkup, p.in[p.pos:end+closing.size])
		return true
	}
	return false
}

// labels takes out >>question<< and >>question||description<<, which may go over several lines. What follows is a line of its own.
func (p *pass) labels() string {
	for {
		open := find(p.in, ">>", p.pos)
		end := find(p.in, "<<", open+3) // something must stand between them
		if open < 0 || end < 0 {
			return p.rest()
		}
		p.copyTo(open)
		p.take(end+2, label, strip(p.in[open+2:end]))
		p.out.WriteByte(soft)
	}
}

// joined puts feedback that goes over several lines into one.
func (p *pass) joined() string {
	for {
		open := find(p.in, "{{", p.pos)
		end := find(p.in, "}}", open+2)
		if open < 0 || end < 0 {
			return p.rest()
		}
		p.copyTo(open)
		for p.pos < end {
			at := find(p.in[:end], "\n", p.pos)
			if at < 0 {
				break
			}
			p.copyTo(at)
			p.out.WriteByte(' ')
			next := at + 1
			for next < end && (p.in[next] == ' ' || p.in[next] == '\t') {
				next++
			}
			p.skip(next)
		}
		p.copyTo(end + 2)
	}
}

// dropdowns takes out [[...]], each a line of its own.
func (p *pass) dropdowns() string {
	for {
		open := find(p.in, "[[", p.pos)
		end := find(p.in, "]]", open+3)
		if open < 0 || end < 0 {
			return p.rest()
		}
		p.copyTo(open)
		p.out.WriteByte(soft)
		p.take(end+2, dropdown, strip(p.in[open+2:end]))
		p.out.WriteByte(soft)
	}
}

// explanations takes out [explanation]...[/explanation], each a line of its own.
func (p *pass) explanations() string {
	p.lower = lowerASCII(p.in)
	for {
		at := find(p.in, "[", p.pos)
		if at < 0 {
			return p.rest()
		}
		p.copyTo(at)
		if from, to, end, ok := p.bracketed("explanation"); ok {
			p.out.WriteByte(soft)
			p.take(end, explanation, p.in[from:to])
			p.out.WriteByte(soft)
			continue
		}
		p.copyTo(at + 1)
	}
}

// strip takes out the count of lines from a text that is read no more by lines.
func strip(s string) string { return strings.ReplaceAll(s, string(swallowed), "") }

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
