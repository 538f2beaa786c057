package formula

import (
	"bytes"
	"html"
	"strings"

	parser "golang.org/x/net/html"
)

// quiet are the elements whose text is no text of a page, or is shown as it was typed, or cannot hold a formula.
var quiet = map[string]bool{
	"annotation": true, "button": true, "code": true, "iframe": true, "kbd": true, "math": true, "noembed": true, "noframes": true,
	"noscript": true, "option": true, "pre": true, "samp": true, "script": true, "select": true, "style": true, "svg": true,
	"template": true, "textarea": true, "title": true, "xmp": true,
}

// ignoreClass is how authors keep MathJax away from an element.
const ignoreClass = "tex2jax_ignore"

// naming are the elements whose text is a name of something. A formula in one is labelled with its source, since
// browsers make no name of MathML.
var naming = map[string]bool{
	"a": true, "caption": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "label": true,
	"legend": true, "summary": true, "th": true,
}

// piece is what a part of a fragment is.
type piece int

const (
	other piece = iota
	// plain is a text that may hold formulas, name one inside of an element of naming.
	plain
	name
)

// pieces cuts a fragment into texts that may hold formulas and everything else; one after the other they are the fragment,
// byte for byte.
func pieces(fragment string, see func(raw string, kind piece)) {
	tokens := parser.NewTokenizer(strings.NewReader(fragment))
	offset := 0
	var q quietness
	named := 0
	for {
		kind := tokens.Next()
		if kind == parser.ErrorToken {
			see(fragment[offset:], other) // what the tokenizer does not understand, such as a tag that ends nowhere
			return
		}
		raw := fragment[offset : offset+len(tokens.Raw())]
		offset += len(raw)
		switch kind {
		case parser.StartTagToken:
			if tag := q.opens(tokens); naming[tag] {
				named++
			}
		case parser.EndTagToken:
			tag, _ := tokens.TagName()
			q.closes(string(tag))
			if naming[string(tag)] {
				named = max(0, named-1)
			}
		default:
		}
		switch {
		case kind != parser.TextToken || q.depth > 0:
			see(raw, other)
		case named > 0:
			see(raw, name)
		default:
			see(raw, plain)
		}
	}
}

// quietness follows the outermost element that keeps formulas out.
type quietness struct {
	name  string
	depth int
}

// opens reads a start tag and gives its name.
func (q *quietness) opens(tokens *parser.Tokenizer) string {
	tag, attributes := tokens.TagName()
	name := string(tag)
	if q.depth > 0 {
		if name == q.name {
			q.depth++
		}
		return name
	}
	ignored := quiet[name]
	for attributes && !ignored {
		var key, value []byte
		key, value, attributes = tokens.TagAttr()
		ignored = string(key) == "class" && !void[name] && bytes.Contains(value, []byte(ignoreClass))
	}
	if ignored {
		q.name, q.depth = name, 1
	}
	return name
}

// void are the elements that have no end.
var void = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true, "link": true,
	"meta": true, "source": true, "track": true, "wbr": true,
}

func (q *quietness) closes(name string) {
	if q.depth > 0 && name == q.name {
		q.depth--
	}
}

// unescape gives the TeX that markup stands for. Spaces that editors put in are spaces to TeX.
func unescape(raw string) string {
	return strings.ReplaceAll(html.UnescapeString(raw), "\u00a0", " ")
}
