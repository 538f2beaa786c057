package sanitize

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// settled reports whether a filtered tree is sure to be what the parser makes of its own markup: every element stands where
// the parser would leave it, so no end tag is implied, nothing is moved out of a table, nothing is closed twice. It may be
// false for such trees, never true for others; the fuzz target compares it with the parser.
func settled(node *html.Node, around nesting) bool {
	for child := node.FirstChild; child != nil; child = child.NextSibling {
		switch {
		case child.Type == html.TextNode:
			if rowParents[node.DataAtom] && !blank(child.Data) {
				return false
			}
		case child.Type != html.ElementNode:
			return false
		case child.Namespace != "":
			if !settledForeign(node, child) {
				return false
			}
		default:
			inside, ok := around.enter(node, child)
			if !ok || !settled(child, inside) {
				return false
			}
		}
	}
	return true
}

// nesting says which elements are open around a place, of those that may not be opened twice.
type nesting struct{ paragraph, link, nobr, heading, button, choice bool }

// enter checks an HTML element's place under its parent and returns what is open inside it.
func (n nesting) enter(parent, node *html.Node) (nesting, bool) {
	if parents, ok := onlyUnder[node.DataAtom]; ok {
		if !parents[parent.DataAtom] {
			return n, false
		}
	} else if rowParents[parent.DataAtom] {
		return n, false
	}
	if n.paragraph && closesParagraph[node.DataAtom] {
		return n, false
	}
	switch node.DataAtom {
	case atom.P:
		n.paragraph = true
	case atom.A:
		return n, once(&n.link)
	case atom.Nobr:
		return n, once(&n.nobr)
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return n, once(&n.heading)
	case atom.Button:
		return n, once(&n.button)
	case atom.Select:
		return n, once(&n.choice)
	default:
	}
	return n, true
}

// once opens what may be open once, and is false when it was.
func once(open *bool) bool {
	was := *open
	*open = true
	return !was
}

// settledForeign checks a drawing or formula. Inside the elements that hold a formula's text the parser reads HTML.
func settledForeign(parent, node *html.Node) bool {
	if parent.Namespace == "" && (rowParents[parent.DataAtom] || parent.DataAtom == atom.Select || parent.DataAtom == atom.Option) {
		return false
	}
	if parent.Namespace == "math" && mathText[parent.Data] {
		return false
	}
	for child := node.FirstChild; child != nil; child = child.NextSibling {
		switch {
		case child.Type == html.TextNode:
		case child.Type != html.ElementNode, child.Namespace != node.Namespace, !settledForeign(node, child):
			return false
		}
	}
	return true
}

func blank(text string) bool {
	for i := 0; i < len(text); i++ {
		if !cssSpace(text[i]) {
			return false
		}
	}
	return true
}

var (
	mathText = set("mi mo mn ms mtext")

	// rowParents hold nothing but what onlyUnder names.
	rowParents = atoms(atom.Table, atom.Tbody, atom.Thead, atom.Tfoot, atom.Tr, atom.Colgroup)

	onlyUnder = map[atom.Atom]map[atom.Atom]bool{
		atom.Li:       atoms(atom.Ul, atom.Ol, atom.Menu),
		atom.Dt:       atoms(atom.Dl),
		atom.Dd:       atoms(atom.Dl),
		atom.Caption:  atoms(atom.Table),
		atom.Colgroup: atoms(atom.Table),
		atom.Thead:    atoms(atom.Table),
		atom.Tbody:    atoms(atom.Table),
		atom.Tfoot:    atoms(atom.Table),
		atom.Tr:       atoms(atom.Thead, atom.Tbody, atom.Tfoot),
		atom.Td:       atoms(atom.Tr),
		atom.Th:       atoms(atom.Tr),
		atom.Col:      atoms(atom.Colgroup),
		atom.Optgroup: atoms(atom.Select),
		atom.Option:   atoms(atom.Select, atom.Optgroup, atom.Datalist),
		atom.Rb:       atoms(atom.Ruby),
		atom.Rt:       atoms(atom.Ruby),
		atom.Rp:       atoms(atom.Ruby),
		atom.Rtc:      atoms(atom.Ruby),
	}

	closesParagraph = atoms(atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Center, atom.Details, atom.Dl, atom.Dd,
		atom.Dt, atom.Div, atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5,
		atom.H6, atom.Header, atom.Hgroup, atom.Hr, atom.Li, atom.Main, atom.Menu, atom.Nav, atom.Ol, atom.P, atom.Pre,
		atom.Search, atom.Section, atom.Summary, atom.Table, atom.Ul)
)

func atoms(list ...atom.Atom) map[atom.Atom]bool {
	m := map[atom.Atom]bool{}
	for _, a := range list {
		m[a] = true
	}
	return m
}
