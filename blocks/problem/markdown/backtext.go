package markdown

import (
	"slices"
	"strings"
)

// constructs would be read as more than text.
var constructs = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">>", "&gt;&gt;", "{{", "&#123;{", "}}", "}&#125;", "[[", "&#91;[", "]]", "]&#93;",
	"[code]", "&#91;code]", "[/code]", "&#91;/code]", "[explanation]", "&#91;explanation]", "[/explanation]", "&#91;/explanation]",
)

// plainText writes a text so that it stays one, in one line.
func plainText(s string) string {
	s = constructs.Replace(spaces.ReplaceAllString(s, " "))
	if lower := lowerASCII(s); strings.Contains(lower, "[code]") || strings.Contains(lower, "explanation]") {
		s = strings.ReplaceAll(s, "[", "&#91;") // in capital letters
	}
	return s
}

// plainValue writes an attribute's value so that it stays as it is.
func plainValue(s string) string {
	return strings.ReplaceAll(constructs.Replace(s), "\n", "&#10;")
}

// inline says nodes in one line, but for texts whose line ends count.
func (w *speaker) inline(nodes []*node) string {
	var b strings.Builder
	for _, n := range nodes {
		w.write(&b, n, false)
	}
	return b.String()
}

func (w *speaker) write(b *strings.Builder, n *node, exact bool) {
	switch {
	case n.name == "" && exact:
		b.WriteString(escapeText(n.text))
		return
	case n.name == "" && n.layoutText():
		return
	case n.name == "":
		b.WriteString(plainText(n.text))
		return
	case n.name == comment:
		b.WriteString("<!--" + n.text + "-->")
		return
	case strings.HasSuffix(n.name, "response"), n.name == "demandhint":
		w.refuse(n, "<"+n.name+"> has no form in markdown here", "edit the problem as OLX")
	}
	b.WriteString("<" + n.name)
	for _, a := range n.attrs {
		b.WriteString(" " + a.name + `="` + strings.ReplaceAll(plainValue(a.value), `"`, "&quot;") + `"`)
	}
	if void(n.name) {
		b.WriteString("/>")
		return
	}
	b.WriteString(">")
	for _, kid := range n.kids {
		w.write(b, kid, exact || verbatim(n.name))
	}
	b.WriteString("</" + n.name + ">")
}

// text says what stands beside questions, from run[i] on: the lines, and the last one that it took.
func (w *speaker) text(run []*node, i int) (lines []string, last int) {
	n := run[i]
	switch {
	case n.name == "":
		if n.blank() {
			return nil, i
		}
		w.lose(n, "a text outside of all tags becomes a paragraph", "put it into <p>")
		*n = node{name: "p", kids: []*node{{text: n.text, line: n.line}}, line: n.line, typed: true, cut: -1}
		return w.paragraph(n), i
	case n.name == "p" && len(n.attrs) == 0:
		return w.paragraph(n), i
	case n.name == "h3" && len(n.attrs) == 1 && n.attrs[0] == (attr{"class", "hd hd-2 problem-header"}):
		if title := strings.TrimSpace(w.inline(n.kids)); !broken(n) {
			return []string{title, strings.Repeat("=", min(60, max(3, len(title)))), ""}, i
		}
	case n.name == "label" && len(n.attrs) == 0:
		return w.label(run, i)
	case n.name == "solution" && len(n.attrs) == 0:
		if lines := w.solution(n); lines != nil {
			return lines, i
		}
	case n.name == "pre":
		if lines := w.code(n); lines != nil {
			return lines, i
		}
	}
	return []string{w.inline(run[i : i+1])}, i
}

// broken reports whether something in a node ends a line of text: it cannot stand in one.
func broken(n *node) bool {
	return slices.ContainsFunc(n.kids, func(kid *node) bool {
		return verbatim(kid.name) || kid.name == "label" || kid.name == "description" || kid.name == comment || broken(kid)
	})
}

// paragraph says a paragraph as a line, or with its tags where the line would be something else.
func (w *speaker) paragraph(n *node) []string {
	line := w.inline(n.kids)
	trimmed := strings.TrimSpace(line)
	if trimmed == "" || broken(n) || beginsTag(trimmed) || isChoice(line) || isCheck(line) || isAnswer(trimmed) || isFurther(trimmed) ||
		trimmed == "---" || strings.HasPrefix(trimmed, "||") && strings.HasSuffix(trimmed, "||") || strings.ContainsAny(line, "\n") {
		return []string{"<p>" + line + "</p>"}
	}
	return []string{trimmed}
}

// label says a question's text, and with it the description behind.
func (w *speaker) label(run []*node, i int) (lines []string, last int) {
	text := w.inline(run[i].kids)
	if broken(run[i]) || strings.Contains(text, "||") || strings.Contains(text, "<<") {
		return []string{"<label>" + text + "</label>"}, i
	}
	last = i
	for next := i + 1; next < len(run); next++ {
		if run[next].blank() {
			continue
		}
		if n := run[next]; n.name == "description" && len(n.attrs) == 0 && !broken(n) {
			if more := w.inline(n.kids); more != "" && !strings.Contains(more, "||") {
				text, last = text+"||"+more, next
			}
		}
		break
	}
	if text == "" {
		return []string{"<label></label>"}, i
	}
	return []string{">>" + text + "<<"}, last
}

// solution says an explanation, nil where it needs its tags.
func (w *speaker) solution(n *node) []string {
	kids := n.elements()
	if len(kids) != 1 || kids[0].name != "div" || len(kids[0].attrs) != 1 || kids[0].attrs[0] != (attr{"class", "detailed-solution"}) {
		return nil
	}
	inside := kids[0].elements()
	if len(inside) == 0 || inside[0].name != "p" || strings.TrimSpace(inside[0].content()) != "Explanation" {
		return nil
	}
	start := slices.Index(kids[0].kids, inside[0]) + 1
	var lines []string
	for rest := kids[0].kids[start:]; len(rest) > 0; {
		text, last := w.text(rest, 0)
		lines, rest = append(lines, text...), rest[last+1:]
	}
	text := strings.Join(lines, "\n")
	if strings.Contains(text, "]") {
		text = strings.ReplaceAll(text, "]", "&#93;")
	}
	return []string{"", "[explanation]", text, "[/explanation]"}
}

// code says a block of code, nil where it needs its tags.
func (w *speaker) code(n *node) []string {
	if len(n.attrs) > 0 || len(n.kids) != 1 || n.kids[0].name != "code" || len(n.kids[0].attrs) > 0 {
		return nil
	}
	code := n.kids[0]
	for _, kid := range code.kids {
		if kid.name != "" {
			return nil
		}
	}
	text := strings.ReplaceAll(strings.ReplaceAll(escapeText(code.content()), "]", "&#93;"), string(soft), "")
	return []string{"[code]\n" + text + "[/code]"}
}
