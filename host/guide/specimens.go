package guide

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	source "github.com/quoin-lms/quoin/sdk/guide"
)

// ElementsPage is the page of the guide whose pieces of HTML the gallery shows live.
const ElementsPage = "elements"

// Specimen is one element of the gallery: what the guide says of it, with each state live.
type Specimen struct {
	ID, Title string
	// Before is what stands above the states, After what stands below: keys and notes.
	Before, After template.HTML
	States        []SpecimenState
}

// SpecimenState is one piece of HTML of the guide.
type SpecimenState struct{ Title, Code string }

// Specimens takes the guide's page on elements apart: its headings with code in HTML.
func Specimens() ([]Specimen, error) {
	pages, err := source.Pages()
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(pages, func(p source.Page) bool { return p.Slug == ElementsPage })
	if at < 0 {
		return nil, fmt.Errorf("the guide has no page %q", ElementsPage)
	}
	var all []Specimen
	for _, part := range strings.Split(pages[at].Markdown, "\n## ")[1:] {
		title, body, _ := strings.Cut(part, "\n")
		if !strings.Contains(body, "\n```html\n") {
			continue
		}
		one, err := specimen(title, body)
		if err != nil {
			return nil, fmt.Errorf("the guide's page on elements, %s: %w", title, err)
		}
		all = append(all, one)
	}
	return all, nil
}

// specimen takes one element's part: what stands before the first piece of HTML, the pieces with the line above each, the rest.
func specimen(title, body string) (Specimen, error) {
	s := Specimen{ID: strings.ToLower(title), Title: title}
	src := []byte(body)
	document := markdown.Parser().Parse(text.NewReader(src))
	before, after := ast.NewDocument(), ast.NewDocument()
	var held ast.Node
	for node := document.FirstChild(); node != nil; {
		next := node.NextSibling()
		code, isCode := node.(*ast.FencedCodeBlock)
		switch {
		case isCode && string(code.Language(src)) == "html" && held != nil:
			name := (&reader{src: src}).plain(held)
			s.States = append(s.States, SpecimenState{Title: name, Code: string(code.Lines().Value(src))})
			held = nil
		default:
			if held != nil {
				put(before, after, held, len(s.States) > 0)
			}
			held = node
		}
		node = next
	}
	if held != nil {
		put(before, after, held, len(s.States) > 0)
	}
	var err error
	if s.Before, err = rendered(src, before); err != nil {
		return s, err
	}
	s.After, err = rendered(src, after)
	return s, err
}

func put(before, after *ast.Document, node ast.Node, below bool) {
	node.Parent().RemoveChild(node.Parent(), node)
	if below {
		after.AppendChild(after, node)
	} else {
		before.AppendChild(before, node)
	}
}

func rendered(src []byte, document *ast.Document) (template.HTML, error) {
	var out bytes.Buffer
	err := markdown.Renderer().Render(&out, src, document)
	return template.HTML(focusable(out.String())), err
}
