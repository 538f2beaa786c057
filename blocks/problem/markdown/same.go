package markdown

import (
	"slices"
	"strings"
)

// Same reports whether two sources of a problem, or of a part of one, say the same, whatever the white space between their tags and
// the order of their attributes. What cannot be read says nothing.
func Same(a, b string) bool {
	x, wrong := readTree(a)
	if wrong != nil {
		return false
	}
	y, wrong := readTree(b)
	if wrong != nil {
		return false
	}
	normal(x)
	normal(y)
	return differs(x, y) == nil
}

// Sound reports whether a text is markup that can stand in a problem: its tags are closed, and each < and & begins what it should.
func Sound(text string) bool {
	top, wrong := readTree("<problem>" + text + "</problem>")
	if wrong != nil || len(top.elements()) > 0 && top.elements()[0].name == "problem" {
		return false
	}
	for rest := text; ; {
		i := strings.IndexByte(rest, '&')
		if i < 0 {
			return true
		}
		if _, size := reference(rest[i:]); size == 1 {
			return false
		}
		rest = rest[i+1:]
	}
}

// trims are elements at whose ends white space does not show.
func trims(name string) bool {
	switch name {
	case "p", "label", "description", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "div", "choice", "option", "hint",
		"choicehint", "optionhint", "correcthint", "compoundhint", "stringequalhint":
		return true
	}
	return false
}

// layoutText reports whether a text only lays out the source.
func (n *node) layoutText() bool {
	return n.blank() && (n.text == "" || strings.Contains(n.text, "\n"))
}

// normal takes out of a tree what means nothing: line ends between tags, white space beyond one space and at the ends of texts.
func normal(n *node) {
	if verbatim(n.name) {
		return
	}
	n.kids = slices.DeleteFunc(n.kids, (*node).layoutText)
	for i, kid := range n.kids {
		if kid.name == "" {
			kid.text = spaces.ReplaceAllString(kid.text, " ")
			if i == 0 && trims(n.name) {
				kid.text = strings.TrimLeft(kid.text, " ")
			}
			if trims(n.name) && (i == len(n.kids)-1 || strings.HasSuffix(n.kids[i+1].name, "hint")) {
				kid.text = strings.TrimRight(kid.text, " ")
			}
		}
		normal(kid)
	}
	n.kids = slices.DeleteFunc(n.kids, func(kid *node) bool { return kid.name == "" && kid.text == "" })
}

// differs finds the first node of a tree that another one does not have, nil when they say the same.
func differs(a, b *node) *node {
	if a.name != b.name || a.text != b.text || len(a.attrs) != len(b.attrs) {
		return a
	}
	for _, one := range a.attrs {
		if value, ok := b.attr(one.name); !ok || value != one.value {
			return a
		}
	}
	for i, kid := range a.kids {
		if i >= len(b.kids) {
			return kid
		}
		if d := differs(kid, b.kids[i]); d != nil {
			return d
		}
	}
	if len(b.kids) > len(a.kids) {
		return a
	}
	return nil
}
