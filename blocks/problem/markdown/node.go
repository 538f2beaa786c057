package markdown

import "strings"

// node is a tag or a text. Texts have no name; comments have the name "!--".
type node struct {
	name  string
	text  string
	attrs []attr
	kids  []*node
	// line is where it stands in the source that it was read from, from 1.
	line int
	// typed marks a tag that the author wrote, rather than one that a rule made.
	typed bool
	// cut is how many kids it had when the line that opened it ended, -1 before: what came later stays out of a tag that is
	// never closed.
	cut int
}

type attr struct{ name, value string }

const comment = "!--"

func (n *node) attr(name string) (string, bool) {
	for _, a := range n.attrs {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}

// blank reports whether it is a text without a character that shows.
func (n *node) blank() bool { return n.name == "" && strings.TrimSpace(n.text) == "" }

// longText is how long a text may be to grow: a text that comes in pieces must not be copied for each of them.
const longText = 1 << 16

// add appends a kid; a text behind a text becomes one with it.
func (n *node) add(kid *node) {
	if last := len(n.kids) - 1; kid.name == "" && last >= 0 && n.kids[last].name == "" && len(n.kids[last].text) < longText {
		n.kids[last].text += kid.text
		return
	}
	n.kids = append(n.kids, kid)
}

// elements are the kids that are tags.
func (n *node) elements() []*node {
	var list []*node
	for _, kid := range n.kids {
		if kid.name != "" && kid.name != comment {
			list = append(list, kid)
		}
	}
	return list
}

// content is the text below it.
func (n *node) content() string {
	if n.name == "" {
		return n.text
	}
	var b strings.Builder
	for _, kid := range n.kids {
		if kid.name != comment {
			b.WriteString(kid.content())
		}
	}
	return b.String()
}

// responses are the questions that markdown has a form for.
func response(name string) bool {
	switch name {
	case "multiplechoiceresponse", "choiceresponse", "optionresponse", "numericalresponse", "stringresponse":
		return true
	}
	return false
}

// verbatim are tags whose white space counts.
func verbatim(name string) bool {
	switch name {
	case "pre", "script", "style", "textarea":
		return true
	}
	return false
}

// void are HTML's tags that hold nothing and are closed by nobody.
func void(name string) bool {
	switch strings.ToLower(name) {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}
