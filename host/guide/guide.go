// Package guide shows the guide for block developers (sdk/guide): pages as HTML, their headings, and what a search finds. The
// site serves it at /docs, and `quoin docs` writes it into a folder that works without a server.
package guide

import (
	"bytes"
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	source "github.com/quoin-lms/quoin/sdk/guide"
)

// Page is a page as a browser shows it.
type Page struct {
	Slug, Title, Part string
	HTML              template.HTML
	// Headings are those of the second level.
	Headings []Heading
	// Sections are what a search looks through: what stands under each heading, in order.
	Sections []Section
}

// Heading is a place in a page.
type Heading struct{ ID, Title string }

// Section is the text under one heading; ID is "" above the first.
type Section struct {
	ID, Title, Text string
	Level           int
}

// Pages renders the guide once, in reading order.
var Pages = sync.OnceValues(func() ([]Page, error) { return render("") })

// Find gives the place of a page among all, -1 for none.
func Find(pages []Page, slug string) int {
	for n := range pages {
		if pages[n].Slug == slug {
			return n
		}
	}
	return -1
}

// render renders the guide; suffix ends the addresses of its pages.
func render(suffix string) ([]Page, error) {
	written, err := source.Pages()
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, page := range written {
		known[page.Slug] = true
	}
	pages := make([]Page, len(written))
	for n, page := range written {
		if pages[n], err = renderPage(page, known, suffix); err != nil {
			return nil, fmt.Errorf("rendering %s.md of the guide: %w", page.Slug, err)
		}
	}
	return pages, nil
}

// markdown is CommonMark with tables. HTML in the text is left out: nothing of the guide needs it.
var markdown = goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID()))

func renderPage(from source.Page, known map[string]bool, suffix string) (Page, error) {
	page := Page{Slug: from.Slug, Title: from.Title, Part: from.Part}
	src := []byte(from.Markdown)
	document := markdown.Parser().Parse(text.NewReader(src))
	r := &reader{src: src, page: &page, known: known, suffix: suffix}
	if err := ast.Walk(document, r.visit); err != nil {
		return page, err
	}
	var out bytes.Buffer
	if err := markdown.Renderer().Render(&out, src, document); err != nil {
		return page, err
	}
	page.HTML = template.HTML(focusable(out.String())) // from our own Markdown, in which HTML has no meaning
	return page, nil
}

// focusable lets the keyboard reach what scrolls sideways.
func focusable(html string) string {
	html = strings.ReplaceAll(html, "<pre>", `<pre tabindex="0">`)
	html = strings.ReplaceAll(html, "<table>", `<div class="scroll" tabindex="0"><table>`)
	return strings.ReplaceAll(html, "</table>", "</table></div>")
}

// reader collects what a page consists of and points its links at other pages.
type reader struct {
	src    []byte
	page   *Page
	known  map[string]bool
	suffix string
}

func (r *reader) visit(node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	switch n := node.(type) {
	case *ast.Heading:
		id, _ := n.AttributeString("id")
		name, _ := id.([]byte)
		r.heading(n.Level, string(name), r.plain(n))
		return ast.WalkSkipChildren, nil
	case *ast.FencedCodeBlock:
		r.name(n)
		r.add(string(n.Lines().Value(r.src)))
		return ast.WalkSkipChildren, nil
	case *ast.Link:
		return ast.WalkContinue, r.link(n)
	case *ast.Text:
		r.add(string(n.Segment.Value(r.src)))
	}
	if node.Type() == ast.TypeBlock {
		r.add(" ")
	}
	return ast.WalkContinue, nil
}

// name says above a piece of code which file it is.
func (r *reader) name(code *ast.FencedCodeBlock) {
	if code.Info == nil {
		return
	}
	words := strings.Fields(string(code.Info.Segment.Value(r.src)))
	if len(words) != 2 || words[0] == "sh" {
		return
	}
	line := ast.NewParagraph()
	line.SetAttributeString("class", []byte("docs-file"))
	line.AppendChild(line, ast.NewString([]byte(words[1])))
	code.Parent().InsertBefore(code.Parent(), code, line)
}

func (r *reader) heading(level int, id, title string) {
	if level == 2 {
		r.page.Headings = append(r.page.Headings, Heading{id, title})
	}
	if level == 1 {
		id = ""
	}
	r.page.Sections = append(r.page.Sections, Section{ID: id, Title: title, Level: level})
}

func (r *reader) add(words string) {
	if n := len(r.page.Sections); n > 0 {
		r.page.Sections[n-1].Text += words
		if !strings.HasSuffix(words, " ") {
			r.page.Sections[n-1].Text += " "
		}
	}
}

// plain is a node's text.
func (r *reader) plain(node ast.Node) string {
	var b strings.Builder
	_ = ast.Walk(node, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // it stops at nothing
		if t, ok := n.(*ast.Text); ok && entering {
			b.Write(t.Segment.Value(r.src))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// link makes page.md#place the address of a page beside this one. A link to a page that is not there is an error.
func (r *reader) link(n *ast.Link) error {
	to, err := url.Parse(string(n.Destination))
	if err != nil {
		return fmt.Errorf("the link %q: %w", n.Destination, err)
	}
	name, isPage := strings.CutSuffix(to.Path, ".md")
	if to.IsAbs() || !isPage {
		return nil
	}
	slug := name[strings.LastIndex(name, "/")+1:]
	if !r.known[slug] {
		return fmt.Errorf("the link %q leads to no page of the guide", n.Destination)
	}
	n.Destination = []byte(slug + r.suffix)
	if to.Fragment != "" {
		n.Destination = append(n.Destination, "#"+to.Fragment...)
	}
	return nil
}
