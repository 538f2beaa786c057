package cases

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Tree is one element or text of an XML document, read by the standard library, so that what the block reads and writes itself is
// judged by somebody else.
type Tree struct {
	Name string
	Text string
	// Attrs are name="value", in the order of their names.
	Attrs []string
	Kids  []*Tree
}

// ReadTree reads one document, strictly.
func ReadTree(source string) (*Tree, error) {
	top := &Tree{}
	open := []*Tree{top}
	decoder := xml.NewDecoder(strings.NewReader(source))
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		at := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			kid := &Tree{Name: token.Name.Local}
			for _, a := range token.Attr {
				kid.Attrs = append(kid.Attrs, a.Name.Local+`="`+a.Value+`"`)
			}
			slices.Sort(kid.Attrs)
			if len(slices.Compact(slices.Clone(kid.Attrs))) != len(kid.Attrs) {
				return nil, errors.New("an attribute stands twice")
			}
			at.Kids, open = append(at.Kids, kid), append(open, kid)
		case xml.EndElement:
			if at.Name != token.Name.Local {
				return nil, errors.New("</" + token.Name.Local + "> closes <" + at.Name + ">")
			}
			open = open[:len(open)-1]
		case xml.CharData:
			if last := len(at.Kids) - 1; last >= 0 && at.Kids[last].Name == "" {
				at.Kids[last].Text += string(token)
			} else {
				at.Kids = append(at.Kids, &Tree{Text: string(token)})
			}
		}
	}
	if len(open) != 1 {
		return nil, errors.New("<" + open[len(open)-1].Name + "> is never closed")
	}
	if len(top.Kids) == 0 {
		return nil, errors.New("there is no tag")
	}
	return top.Kids[0], nil
}

var space = regexp.MustCompile(`\s+`)

// Canonical writes a tree so that equal problems are equal texts: attributes by name, without white space that only lays out the
// source (line ends between tags), any other white space as one space; in pre and script every byte counts but a single line end behind
// a tag, which the reference's writer puts there.
func (t *Tree) Canonical() string {
	var b strings.Builder
	t.write(&b, false)
	return b.String()
}

func (t *Tree) write(b *strings.Builder, exact bool) {
	if t.Name == "" {
		text := t.Text
		if !exact {
			if strings.TrimSpace(text) == "" && (text == "" || strings.Contains(text, "\n")) {
				return
			}
			text = space.ReplaceAllString(text, " ")
		}
		b.WriteString(strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(text))
		return
	}
	b.WriteString("<" + t.Name)
	for _, a := range t.Attrs {
		b.WriteString(" " + a)
	}
	b.WriteString(">")
	for i, kid := range t.Kids {
		if kid.Text == "\n" && i > 0 {
			continue
		}
		kid.write(b, exact || t.Name == "pre" || t.Name == "script")
	}
	b.WriteString("</" + t.Name + ">\n")
}
