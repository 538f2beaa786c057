package visual

import (
	"fmt"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/olx"
	"github.com/quoin-lms/quoin/blocks/problem/markdown"
)

// Read tells a problem as a form; ok is false for one that cannot be read. An empty one is a form without parts.
func Read(source string) (f *Form, ok bool) {
	if strings.TrimSpace(source) == "" {
		return &Form{Head: "<problem>", After: "\n", Tail: "</problem>", Parts: []Part{}}, true
	}
	if len(source) > markdown.MaxSource || !markdown.Same(source, source) {
		return nil, false
	}
	f = &Form{Parts: []Part{}}
	element, err := olx.Read([]byte(source))
	if err == nil && element.Name == "problem" {
		at := strings.Index(source, element.Source)
		if at < 0 {
			return nil, false
		}
		inner := at + strings.LastIndex(element.Source, element.Inner+"</")
		if element.Inner == "" { // <problem/>
			f.Head, f.Tail = strings.TrimSuffix(string(olx.Write("problem", element.Attributes, "")), "/>")+">", "</problem>"
		} else {
			f.Head, f.Tail = source[:inner], source[inner+len(element.Inner):]
		}
	} else if element, err = olx.Read([]byte("<problem>" + source + "</problem>")); err != nil {
		return nil, false
	}
	parts, err := element.Parts()
	if err != nil {
		return nil, false
	}
	r := reader{form: f}
	for _, part := range parts {
		r.take(part)
	}
	r.flush()
	f.After = r.before
	if written := write(f, false); len(f.Parts) > MaxParts || written != source && element.Inner != "" {
		return nil, false
	}
	return f, true
}

const space = " \t\r\n"

type reader struct {
	form   *Form
	before string // what shows nothing, before the next part
	prose  string // a text that goes on
	gap    string // what shows nothing behind it
}

func (r *reader) take(part olx.Part) {
	e := part.Element
	switch {
	case e == nil && (!part.Text || strings.TrimSpace(part.Source) == ""):
		if r.prose != "" {
			r.gap += part.Source
		} else {
			r.before += part.Source
		}
	case e == nil || prose(e.Name):
		r.prose += r.gap + part.Source
		r.gap = ""
	default:
		r.flush()
		r.add(told(e))
	}
}

// flush ends a text.
func (r *reader) flush() {
	if r.prose == "" {
		return
	}
	text := strings.TrimLeft(r.prose, space)
	r.before += r.prose[:len(r.prose)-len(text)]
	shown := strings.TrimRight(text, space)
	gap := text[len(shown):] + r.gap
	r.prose, r.gap = "", ""
	r.add(checked(Part{Kind: Prose, Source: shown, Body: showBlocks(shown)}))
	r.before = gap
}

func (r *reader) add(p Part) {
	p.Before, r.before = r.before, ""
	r.form.Parts = append(r.form.Parts, p)
}

// prose are elements that only show something.
func prose(name string) bool {
	switch name {
	case "p", "h1", "h2", "h3", "h4", "h5", "h6", "div", "section", "ul", "ol", "dl", "table", "pre", "blockquote", "hr", "br", "img", "figure", "a", "span",
		"b", "i", "em", "strong", "u", "code", "sub", "sup", "label", "description", "center", "font", "iframe", "video", "audio":
		return true
	}
	return false
}

// told is an element as a part.
func told(e *olx.Element) Part {
	p := Part{Source: e.Source}
	switch kind := kindOf(e.Name); {
	case kind != "":
		p.Kind = kind
		p.question(e)
	case e.Name == "demandhint":
		p.Kind = Hints
		p.hints(e)
	case e.Name == "solution":
		p.Kind = Explanation
		p.Keep.Attrs = e.Attributes
		p.Body, p.Keep.Wrap = unwrapped(e.Inner)
	default:
		p.Why = "<" + e.Name + ">"
	}
	return checked(p)
}

// checked makes a part that would come out another way one that stays as it is.
func checked(p Part) Part {
	if p.Why == "" && same(&p) {
		return p
	}
	why := p.Why
	if why == "" {
		why = fmt.Sprintf("%.40s", strings.TrimSpace(p.Source))
	}
	return Part{Kind: Other, Source: p.Source, Why: why}
}

// same reports whether a part that is written says what its source says. In a question for a number or a text the order of what stands
// beside its field means nothing.
func same(p *Part) bool {
	written := p.write()
	if markdown.Same(written, p.Source) {
		return true
	}
	if p.Kind != Number && p.Kind != Text {
		return false
	}
	return markdown.Same(inOrder(written), inOrder(p.Source))
}

// inOrder sorts what is in an element.
func inOrder(source string) string {
	e, err := olx.Read([]byte(source))
	if err != nil {
		return ""
	}
	parts, err := e.Parts()
	if err != nil {
		return ""
	}
	named := map[string]string{}
	for _, part := range parts {
		name := ""
		if part.Element != nil {
			name = part.Element.Name
			if name == "responseparam" {
				name += attr(part.Element.Attributes, "type")
			}
		}
		named[name] += part.Source
	}
	var out strings.Builder
	for _, name := range sorted(named) {
		out.WriteString(named[name])
	}
	return string(olx.Write(e.Name, e.Attributes, out.String()))
}

// hints are the rows of a list of hints.
func (p *Part) hints(e *olx.Element) {
	p.Keep.Attrs = e.Attributes
	for _, kid := range p.only(e, "hint") {
		p.Rows = append(p.Rows, Row{Text: showInline(kid.Inner), Keep: kept{Attrs: kid.Attributes}})
	}
}

// only are the elements in a list; anything else is told as the reason why the form does not do.
func (p *Part) only(e *olx.Element, names ...string) []*olx.Element {
	parts, err := e.Parts()
	if err != nil {
		p.Why = "<" + e.Name + ">"
		return nil
	}
	var list []*olx.Element
	for _, part := range parts {
		switch {
		case part.Element != nil && has(names, part.Element.Name):
			list = append(list, part.Element)
		case strings.TrimSpace(part.Source) != "":
			p.refuse(part.Source)
		}
	}
	if len(list) > MaxRows {
		p.Why = "<" + e.Name + ">"
	}
	return list
}

func (p *Part) refuse(source string) {
	if p.Why == "" {
		p.Why = fmt.Sprintf("%.60s", strings.TrimSpace(source))
	}
}

func has(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

const (
	wrapDiv   = "div"
	wrapTitle = "title"
	opened    = `<div class="detailed-solution">`
	titled    = `<p>Explanation</p>`
)

// unwrapped takes out what Open edX puts around each explanation.
func unwrapped(inner string) (Words, string) {
	trimmed := strings.TrimSpace(inner)
	e, err := olx.Read([]byte(trimmed))
	if err != nil || e.Source != trimmed || e.Name != "div" || len(e.Attributes) != 1 || attr(e.Attributes, "class") != "detailed-solution" {
		return showBlocks(inner), ""
	}
	if rest, ok := strings.CutPrefix(strings.TrimSpace(e.Inner), titled); ok {
		return showBlocks(rest), wrapTitle
	}
	return showBlocks(e.Inner), wrapDiv
}
