package capa

import (
	"strings"
)

// escape appends text that is safe between tags and in quoted attributes.
func escape(b *strings.Builder, text string) { escapeSet(b, text, `&<>"'`) }

func escaped(text string) string {
	var b strings.Builder
	escape(&b, text)
	return b.String()
}

// escapeBetween leaves quotes alone, so that authors' texts stay readable.
func escapeBetween(text string) string {
	if !strings.ContainsAny(text, "&<>") {
		return text
	}
	var b strings.Builder
	escapeSet(&b, text, "&<>")
	return b.String()
}

func escapeSet(b *strings.Builder, text, set string) {
	for {
		i := strings.IndexAny(text, set)
		if i < 0 {
			b.WriteString(text)
			return
		}
		b.WriteString(text[:i])
		switch text[i] {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '"':
			b.WriteString("&#34;")
		case '\'':
			b.WriteString("&#39;")
		}
		text = text[i+1:]
	}
}

// void elements have no closing tag in HTML.
func void(name string) bool {
	switch name {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}

// phrasing elements may hold text and inline tags only: what stands in them must not be a block.
func phrasing(name string) bool {
	switch name {
	case "p", "span", "b", "i", "em", "strong", "u", "small", "sub", "sup", "a", "label", "h1", "h2", "h3", "h4", "h5", "h6", "pre":
		return true
	}
	return false
}

// silent are elements of the author's that carry grading or scripting, not text.
func silent(e *element) bool {
	switch e.name {
	case "codeparam", "responseparam", "answer", "hintgroup", "openendedparam", "openendedrubric", "demandhint",
		"additional_answer", "correcthint", "stringequalhint", "regexphint", "choicehint", "compoundhint", "optionhint",
		"numericalhint", "formulahint", "stringhint", "hintpart", "include", "startouttext", "endouttext":
		return true
	case "script":
		return !isBrowserScript(e)
	}
	return false
}

func isBrowserScript(e *element) bool {
	return e.name == "script" && strings.Contains(e.value("type"), "javascript")
}

// markup appends the author's HTML below an element, with variables put in.
func (c *compiler) markup(b *strings.Builder, e *element) {
	for _, kid := range e.kids {
		c.tag(b, kid)
	}
}

func (c *compiler) tag(b *strings.Builder, e *element) {
	if e.name == "" {
		if e.parent != nil && (e.parent.name == "script" || e.parent.name == "style") && !strings.Contains(e.text, "</") {
			b.WriteString(c.sub(e.text))
			return
		}
		b.WriteString(c.sub(escapeBetween(e.text)))
		return
	}
	if isNumberField(e.name) {
		if c.marking {
			b.WriteString(fieldMark)
		}
		return
	}
	if silent(e) || c.dropped[e] {
		return
	}
	if end, ok := c.open(b, e); ok {
		c.markup(b, e)
		b.WriteString(end)
	}
}

// open writes an element's opening tag and returns the closing one; ok is false when all is written.
func (c *compiler) open(b *strings.Builder, e *element) (end string, ok bool) {
	switch e.name {
	case "math":
		if len(e.elements()) == 0 {
			b.WriteString(c.sub(escapeBetween(texOf(e.allText()))))
			return "", false
		}
	case "clarification":
		b.WriteString(`<span class="capa-clarification" role="note">(`)
		return ")</span>", true
	}
	name := htmlName(e.name)
	b.WriteByte('<')
	b.WriteString(name)
	for _, a := range e.attrs {
		b.WriteByte(' ')
		b.WriteString(a.name)
		b.WriteString(`="`)
		escape(b, c.sub(a.value))
		b.WriteByte('"')
	}
	b.WriteByte('>')
	if void(name) {
		return "", false
	}
	return "</" + name + ">", true
}

func htmlName(name string) string {
	switch name {
	case "problem":
		return "div"
	case "text":
		return "span"
	}
	return name
}

// texOf turns <math>$x$</math> into TeX between delimiters.
func texOf(text string) string {
	text = strings.TrimSpace(text)
	if inner, ok := strings.CutPrefix(text, "$"); ok {
		text = strings.TrimSuffix(inner, "$")
	}
	if rest, ok := strings.CutPrefix(strings.TrimSpace(text), `\displaystyle`); ok {
		return `\[` + rest + `\]`
	}
	return `\(` + text + `\)`
}

// inner is the HTML inside of an element, without white space around it.
func (c *compiler) inner(e *element) string {
	var b strings.Builder
	c.markup(&b, e)
	return strings.TrimSpace(b.String())
}

// plain is HTML without tags, white space collapsed: for search and for comparing.
func plain(html string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(html, '<')
		if i < 0 {
			b.WriteString(html)
			break
		}
		b.WriteString(html[:i])
		end := strings.IndexByte(html[i:], '>')
		if end < 0 {
			break
		}
		tag := strings.TrimLeft(html[i:i+end], "</")
		if name := tagName(tag); html[i+1] != '/' && (name == "script" || name == "style") {
			if closing := strings.Index(html[i:], "</"+name); closing > 0 {
				html = html[i+closing:]
				continue
			}
		}
		if !phrasing(tagName(tag)) || strings.HasPrefix(tag, "p") || strings.HasPrefix(tag, "h") {
			b.WriteByte(' ')
		}
		html = html[i+end+1:]
	}
	text := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'", "&amp;", "&").Replace(b.String())
	return strings.Join(strings.Fields(text), " ")
}

func tagName(tag string) string {
	if i := strings.IndexAny(tag, " />\n\t"); i >= 0 {
		return tag[:i]
	}
	return tag
}
