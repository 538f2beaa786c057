package markdown

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
)

// MaxSource bounds a source in either form, in bytes.
const MaxSource = capa.MaxSource

// Converted is OLX made of markdown.
type Converted struct {
	// OLX is well-formed, with <problem> around it.
	OLX string
	// Findings are remarks on the markdown, by its lines.
	Findings []capa.Finding
	// Lines says for each line of the OLX, from 0, which line of the markdown it comes from, from 1; 0 for none.
	Lines []int
}

// converter turns one source into OLX.
type converter struct {
	pieces   []piece
	hints    []*node
	findings []capa.Finding
	opened   map[string]bool // blocks of which one end was found to be text
	count    int             // nodes
	failed   error           // what ends the conversion
}

// ToOLX converts markdown. It fails only for a source that is too large; everything else that an author may type has a meaning, and
// what is probably not meant is among the findings.
func ToOLX(source string) (*Converted, error) {
	if len(source) > MaxSource {
		return nil, fmt.Errorf("the problem is longer than %d bytes: make it shorter", MaxSource)
	}
	c := &converter{opened: map[string]bool{}}
	problem := &node{name: "problem", line: 1, cut: -1}
	text := c.pass(clean(source), 1).regions()
	for _, s := range sections(text) {
		top := c.section(s)
		if c.failed != nil {
			return nil, c.failed
		}
		nest(top)
		for _, kid := range top.kids {
			problem.add(kid)
		}
	}
	if len(c.hints) > 0 {
		problem.add(&node{name: "demandhint", kids: c.hints, line: c.hints[0].line, cut: -1})
	}
	w := &writer{line: 1}
	w.node(problem, 0)
	if w.Len() > MaxSource {
		return nil, fmt.Errorf("the problem becomes longer than %d bytes: make it shorter", MaxSource)
	}
	slices.SortStableFunc(c.findings, func(a, b capa.Finding) int { return a.Line - b.Line })
	return &Converted{OLX: w.String(), Findings: c.findings, Lines: w.lines}, nil
}

// clean gives line ends one form, and replaces what XML cannot hold.
func clean(source string) string {
	if !utf8.ValidString(source) {
		source = strings.ToValidUTF8(source, "\uFFFD")
	}
	source = strings.ReplaceAll(strings.TrimPrefix(source, "\uFEFF"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case !allowed(r):
			return utf8.RuneError
		}
		return r
	}, source)
}

// span is a part of the source.
type span struct {
	text string
	line int
}

// sections splits at lines that hold --- alone, with a line before and behind. Behind a separator something must stand before the next
// one counts.
func sections(text string) []span {
	lines := strings.SplitAfter(text, "\n")
	var all []span
	start, line, from := 0, 1, 1
	empty := false // nothing stands between the last separator and here
	for i, l := range lines {
		separates := strings.TrimSpace(strip(l)) == "---" && i > 0 && i < len(lines)-1 && !empty
		if separates {
			all = append(all, span{strings.Join(lines[start:i], ""), from})
			start, from, empty = i+1, line+lineEnds(l), true
		} else if strings.TrimSpace(l) != "" {
			empty = false
		}
		line += lineEnds(l)
	}
	all = append(all, span{strings.Join(lines[start:], ""), from})
	return slices.DeleteFunc(all, func(s span) bool { return strings.TrimSpace(s.text) == "" })
}
