package markdown

import "strings"

// writer writes a tree, and remembers where its lines come from.
type writer struct {
	strings.Builder
	line  int // of the source, for what is written now
	lines []int
}

// layout are the elements whose kids stand on lines of their own: the white space between them means nothing.
func layout(n *node) bool {
	switch n.name {
	case "problem", "choicegroup", "checkboxgroup", "optioninput", "solution", "demandhint":
		return !n.typed
	case "div":
		class, _ := n.attr("class")
		return !n.typed && class == "detailed-solution"
	}
	return !n.typed && response(n.name)
}

func (w *writer) put(s string) {
	w.WriteString(s)
	for range strings.Count(s, "\n") {
		w.lines = append(w.lines, w.line)
	}
}

func (w *writer) newLine(depth int) { w.put("\n" + strings.Repeat("  ", depth)) }

func (w *writer) node(n *node, depth int) {
	switch n.name {
	case "":
		w.put(escapeText(n.text))
		return
	case comment:
		w.put("<!--" + n.text + "-->")
		return
	}
	if n.line > 0 {
		w.line = n.line
	}
	w.put("<" + n.name)
	for _, a := range n.attrs {
		w.put(" " + a.name + `="` + escapeAttr(a.value) + `"`)
	}
	if len(n.kids) == 0 && (!n.typed || void(n.name)) && n.name != "problem" {
		w.put("/>")
	} else {
		w.put(">")
		w.inside(n, depth)
		w.put("</" + n.name + ">")
	}
	if depth == 0 {
		w.lines = append(w.lines, w.line)
	}
}

func (w *writer) inside(n *node, depth int) {
	if !layout(n) {
		for _, kid := range n.kids {
			w.node(kid, depth+1)
		}
		return
	}
	for i, kid := range n.kids {
		if kid.name != "" && (i == 0 || n.kids[i-1].name != "") {
			w.newLine(depth + 1)
		}
		w.node(kid, depth+1)
	}
	if last := len(n.kids) - 1; last < 0 || n.kids[last].name != "" {
		w.newLine(depth)
	}
}

var (
	textEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", "]]>", "]]&gt;", "\r", "&#13;")
	attrEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;", "\n", "&#10;", "\t", "&#9;", "\r", "&#13;")
)

func escapeText(s string) string { return textEscapes.Replace(s) }
func escapeAttr(s string) string { return attrEscapes.Replace(s) }
