package intake

import (
	"bytes"
	"slices"
	"strings"
)

// Canonical gives a document in a form that is equal for equal content: declaration left out, top-level nodes one to a line.
// See [XMLNode.Canonical].
func (d *XMLDocument) Canonical() []byte {
	var out []byte
	for _, node := range d.Nodes {
		if node.Kind == XMLInstruction && node.Name == "xml" {
			continue
		}
		out = append(node.canonical(out, false), '\n')
	}
	return out
}

// Canonical gives an element in a form that is equal for equal content: attributes sorted by name, references resolved, CDATA
// as text, start and end tag for each element. Comments and instructions are kept. Blank texts are left out where they do
// nothing but indent: where an element holds elements or comments and no text but blanks, and xml:space does not say otherwise.
func (n *XMLNode) Canonical() []byte { return n.canonical(nil, false) }

// XMLEqual says whether two elements are equal in canonical form.
func XMLEqual(a, b *XMLNode) bool { return bytes.Equal(a.Canonical(), b.Canonical()) }

func (n *XMLNode) canonical(out []byte, preserve bool) []byte {
	switch n.Kind {
	case XMLText, XMLCData:
		return AppendXMLText(out, n.Text)
	case XMLComment:
		return append(append(append(out, "<!--"...), n.Text...), "-->"...)
	case XMLInstruction:
		out = append(append(out, "<?"...), n.Name...)
		if n.Text != "" {
			out = append(append(out, ' '), n.Text...)
		}
		return append(out, "?>"...)
	case XMLDoctype:
		out = append(append(out, "<!DOCTYPE "...), n.Name...)
		if n.Text != "" {
			out = append(append(out, ' '), n.Text...)
		}
		return append(out, '>')
	case XMLElement:
	}
	out = append(append(out, '<'), n.Name...)
	attrs := slices.Clone(n.Attrs)
	slices.SortFunc(attrs, func(a, b XMLAttr) int { return strings.Compare(a.Name, b.Name) })
	for _, attr := range attrs {
		out = append(append(append(out, ' '), attr.Name...), `="`...)
		out = append(AppendXMLValue(out, attr.Value), '"')
	}
	out = append(out, '>')
	if space, ok := n.Attr("xml:space"); ok {
		preserve = space == "preserve"
	}
	blanks := !preserve && n.indents()
	for _, child := range n.Children {
		if !blanks || child.Kind != XMLText {
			out = child.canonical(out, preserve)
		}
	}
	return append(append(append(out, "</"...), n.Name...), '>')
}

// indents says whether all texts of n are blanks beside elements or comments.
func (n *XMLNode) indents() bool {
	beside := false
	for _, child := range n.Children {
		switch child.Kind {
		case XMLText:
			if strings.Trim(child.Text, " \t\r\n") != "" {
				return false
			}
		case XMLCData:
			return false
		case XMLElement, XMLComment, XMLInstruction, XMLDoctype:
			beside = true
		}
	}
	return beside
}

// AppendXMLText appends text as it stands between tags.
func AppendXMLText(out []byte, text string) []byte {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '&':
			out = append(out, "&amp;"...)
		case '<':
			out = append(out, "&lt;"...)
		case '>':
			out = append(out, "&gt;"...)
		case '\r':
			out = append(out, "&#13;"...)
		default:
			out = append(out, c)
		}
	}
	return out
}

// AppendXMLValue appends text as it stands between the double quotes of an attribute.
func AppendXMLValue(out []byte, text string) []byte {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '&':
			out = append(out, "&amp;"...)
		case '<':
			out = append(out, "&lt;"...)
		case '"':
			out = append(out, "&quot;"...)
		case '\t':
			out = append(out, "&#9;"...)
		case '\n':
			out = append(out, "&#10;"...)
		case '\r':
			out = append(out, "&#13;"...)
		default:
			out = append(out, c)
		}
	}
	return out
}
