package markdown

import (
	"slices"
	"strings"
)

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
