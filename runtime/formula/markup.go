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

// pieces cuts a fragment into texts that may hold formulas and everything else; one after the other they are the fragment,
// byte for byte.
func pieces(fragment string, see func(raw string, isText bool)) {
	tokens := parser.NewTokenizer(strings.NewReader(fragment))
	offset := 0
	var q quietness
	for {
		kind := tokens.Next()
		if kind == parser.ErrorToken {
			see(fragment[offset:], false) // what the tokenizer does not understand, such as a tag that ends nowhere
			return
		}
		raw := fragment[offset : offset+len(tokens.Raw())]
		offset += len(raw)
		switch kind {
		case parser.StartTagToken:
			q.opens(tokens)
		case parser.EndTagToken:
			name, _ := tokens.TagName()
			q.closes(string(name))
		default:
		}
		see(raw, kind == parser.TextToken && q.depth == 0)
	}
}

// quietness follows the outermost element that keeps formulas out.
type quietness struct {
	name  string
	depth int
}

func (q *quietness) opens(tokens *parser.Tokenizer) {
	tag, attributes := tokens.TagName()
	name := string(tag)
	if q.depth > 0 {
		if name == q.name {
			q.depth++
		}
		return
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
