package sanitize

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Policy chooses what is allowed.
type Policy int

// The policies.
const (
	// Author is for text that somebody wrote: HTML with tables, pictures, sound, video, details, MathML and plain drawings
	// in SVG. No scripts, frames, forms, custom elements or names of the platform.
	Author Policy = iota
	// Block is for a built-in block's whole fragment: the same with form controls that join the host's form, the platform's
	// classes and data attributes, and the values that the host replaces ("quoin:id/NAME"). Text of authors inside it has
	// been through Author before.
	Block
)

// MaxHTML bounds what [Clean] reads, in bytes. Nesting is bounded by the parser, at 512 elements.
const MaxHTML = 1 << 20

// rounds is how often markup may change when it is parsed again until it is refused. Nesting that cannot be (a link in a
// link, a block in a paragraph) settles in the second.
const rounds = 6

// Clean returns what of the fragment is allowed, as well-formed HTML that parses to itself, and what was taken away. It never
// fails: markup that cannot be had safely comes back as its own text or, beyond the limits, as nothing. No change means that
// a browser shows the result as it would show the text; comments, the order of quotes and the like play no part.
//
// It is safe for concurrent use.
func Clean(policy Policy, text string) (string, []Change) {
	f := &filter{block: policy == Block}
	if len(text) > MaxHTML {
		f.note(KindRefused, "", "", "more than 1 MiB")
		return "", f.changes
	}
	if wholeDocument(text) {
		f.document(text)
	}
	current, sure, ok := f.pass(text)
	switch {
	case !ok:
		f.note(KindRefused, "", "", "nested deeper than 512 elements")
		return "", f.changes
	case sure:
		return current, f.changes
	}
	for range rounds {
		again := &filter{block: f.block}
		next, _, ok := again.pass(f.list().Sanitize(current))
		if !ok {
			break
		}
		if next == current {
			return current, f.changes
		}
		f.settle(again)
		current = next
	}
	f.note(KindRefused, "", "", "reads differently each time")
	return html.EscapeString(textOf(current)), f.changes
}

// pass parses, filters and writes a text once. It is not ok when the parser refuses the text, and sure when another pass is
// known to change nothing.
func (f *filter) pass(text string) (out string, sure, ok bool) {
	context := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragment(strings.NewReader(text), context)
	if err != nil {
		return "", false, false
	}
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	for _, node := range nodes {
		root.AppendChild(node)
	}
	f.children(root)
	var b strings.Builder
	b.Grow(len(text) + len(text)/8)
	for node := root.FirstChild; node != nil; node = node.NextSibling {
		if err := html.Render(&b, node); err != nil {
			return "", false, false
		}
	}
	return b.String(), f.agreed() && settled(root, nesting{}), true
}

// agreed asks the library for its word on every start tag that has attributes. It sees tokens alone, so their order and what
// stands between them play no part; elements without attributes are on its list because they are on ours. (It writes the
// names of SVG's attributes in lower case.)
func (f *filter) agreed() bool {
	tags := f.tags.String()
	return strings.EqualFold(f.list().Sanitize(tags), tags)
}

// settle records that a second reading of the markup differed from the first. After something was taken away that is no
// news.
func (f *filter) settle(again *filter) {
	if len(again.changes) > 0 && !f.changed {
		f.changes = append(f.changes, again.changes...)
		f.changed = true
	}
	if !f.changed {
		f.note(KindNesting, "", "", "")
	}
}

// document notes what the parser of fragments drops without a word: the elements of a whole document.
func (f *filter) document(text string) {
	tokens := html.NewTokenizer(strings.NewReader(text))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return
		case html.DoctypeToken:
			f.note(KindDocument, "", "doctype", "")
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := tokens.TagName()
			switch string(name) {
			case "html", "head", "body", "frameset":
				f.note(KindDocument, string(name), "", "")
			}
		default:
		}
	}
}

// wholeDocument saves a look at every tag of what surely has no such element.
func wholeDocument(text string) bool {
	for {
		_, after, found := strings.Cut(text, "<")
		if !found {
			return false
		}
		for _, name := range []string{"!doctype", "html", "head", "body", "frameset"} {
			if hasPrefixFold(after, name) {
				return true
			}
		}
		text = after
	}
}

// textOf is the text between the tags.
func textOf(markup string) string {
	var b strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(markup))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(tokens.Text())
		default:
		}
	}
}
