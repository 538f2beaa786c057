package markdown

import (
	"fmt"
	"strings"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
)

// reader reads OLX into a tree, strictly.
type reader struct {
	open  []*node
	line  int
	count int
}

// readTree reads what stands in a problem's data: the element <problem>, or what it holds. The finding says why it cannot.
func readTree(source string) (*node, *capa.Finding) {
	r := &reader{open: []*node{{name: "problem", line: 1, cut: -1}}, line: 1}
	for s := clean(source); s != ""; {
		size, why, fix := r.next(s)
		if why != "" {
			return nil, mistake(r.line, why, fix)
		}
		r.line += strings.Count(s[:size], "\n")
		s = s[size:]
	}
	if len(r.open) > 1 {
		n := r.open[len(r.open)-1]
		return nil, mistake(n.line, "<"+n.name+"> is never closed", "write </"+n.name+">")
	}
	top := r.open[0]
	if all := top.elements(); len(all) == 1 && all[0].name == "problem" {
		for _, kid := range top.kids {
			if kid.name == "" && !kid.blank() {
				return nil, mistake(kid.line, "text stands outside of <problem>", "move it into the problem")
			}
		}
		top = all[0]
	}
	return top, nil
}

func mistake(line int, why, fix string) *capa.Finding {
	return &capa.Finding{Level: capa.Mistake, Line: line, Column: 1, Message: why, Fix: fix}
}

// next reads one text, tag or comment, and says how many bytes it has.
func (r *reader) next(s string) (size int, why, fix string) {
	if r.count++; r.count > maxNodes {
		return 0, "the problem has too many tags", "split it"
	}
	top := r.open[len(r.open)-1]
	if s[0] != '<' {
		if size = strings.IndexByte(s, '<'); size < 0 {
			size = len(s)
		}
		top.add(&node{text: decode(s[:size]), line: r.line + leadingLines(s[:size])})
		return size, "", ""
	}
	for _, section := range []struct{ open, end string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}} {
		if !strings.HasPrefix(s, section.open) {
			continue
		}
		inside, _, ok := strings.Cut(s[len(section.open):], section.end)
		if !ok {
			return 0, section.open + " is never closed", "write " + section.end
		}
		if n := (&node{text: inside, line: r.line}); section.end == "-->" {
			n.name = comment
			top.add(n)
		} else if inside != "" {
			top.add(n)
		}
		return len(section.open) + len(inside) + len(section.end), "", ""
	}
	t, ok := readTag(s)
	if !ok {
		return 0, "a < begins no tag that markdown can hold", "write &lt; for the sign, and each attribute as name=\"value\""
	}
	why, fix = r.tag(&t)
	return t.size, why, fix
}

func (r *reader) tag(t *tag) (why, fix string) {
	top := r.open[len(r.open)-1]
	switch {
	case t.closing && (len(r.open) == 1 || top.name != t.name):
		return "</" + t.name + "> closes nothing here", "close tags in the reverse order of opening"
	case t.closing:
		r.open = r.open[:len(r.open)-1]
		return "", ""
	case len(r.open) >= maxDepth:
		return "tags are nested too deeply", fmt.Sprintf("at most %d are allowed", maxDepth)
	}
	n := &node{name: t.name, attrs: t.attrs, line: r.line, typed: true, cut: -1}
	top.add(n)
	if !t.empty {
		r.open = append(r.open, n)
	}
	return "", ""
}

// leadingLines counts the lines before the first character of a text that shows.
func leadingLines(s string) int {
	return strings.Count(s[:len(s)-len(strings.TrimLeft(s, " \t\n"))], "\n")
}
