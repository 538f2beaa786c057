package sanitize

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The oracle knows nothing of the package's tables: it is written from the other side, by what must never reach a page.
var (
	activeElements = regexp.MustCompile(`^(script|style|noscript|template|iframe|object|embed|applet|frame|frameset|noframes|base|
|meta|link|title|html|head|body|form|dialog|portal|fencedframe|foreignobject|annotation-xml|animate.*|set|use|image|feimage|
|handler|mglyph|malignmark|maction|plaintext|xmp|listing|noembed|marquee|slot|isindex|keygen|math:.*-.*)$`)
	formElements  = regexp.MustCompile(`^(input|button|select|textarea|option|optgroup|fieldset|legend|label|output|datalist)$`)
	urlAttributes = regexp.MustCompile(`^(href|src|action|formaction|poster|background|cite|longdesc|data|codebase|lowsrc|dynsrc|ping|manifest|profile|srcdoc|xlink:href|icon)$`)
	badAttributes = regexp.MustCompile(`^(on.*|srcdoc|is|slot|part|contenteditable|autofocus|accesskey|popover|popovertarget|popovertargetaction|command|commandfor|formaction|formmethod|formtarget|formenctype|nonce|ping|http-equiv|autoplay|inert|shadowrootmode|.*[<>"'=/\x00-\x20].*)$`)
	overlayCSS    = regexp.MustCompile(`(?i)(position\s*:\s*(fixed|absolute|sticky)|z-index|transform|expression\s*\(|javascript\s*:|behavior|-moz-binding|@import|animation|(^|[;\s])(top|left|right|bottom|inset)\s*:|margin[a-z-]*\s*:[^;]*-[0-9.]|\\|url\(\s*["']?\s*(data|javascript|vbscript):)`)
)

// forbidden reads markup as a page would and says what of it must not be there, "" when nothing.
func forbidden(markup string, policy Policy) string {
	// A page is parsed with scripting on and off, inside a div as the host puts it.
	for _, scripting := range []bool{true, false} {
		context := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
		nodes, err := html.ParseFragmentWithOptions(strings.NewReader(markup), context, html.ParseOptionEnableScripting(scripting))
		if err != nil {
			return "not parsed: " + err.Error()
		}
		for _, node := range nodes {
			if problem := forbiddenNode(node, policy); problem != "" {
				return problem
			}
		}
	}
	return ""
}

func forbiddenNode(node *html.Node, policy Policy) string {
	switch node.Type {
	case html.TextNode:
	case html.ElementNode:
		name := strings.ToLower(node.Data)
		switch {
		case activeElements.MatchString(name):
			return "element " + name
		case strings.Contains(name, "-") && (policy != Block || name != "quoin-place"):
			return "custom element " + name
		case formElements.MatchString(name) && policy != Block:
			return "form control " + name
		case node.Namespace != "" && node.Parent != nil && node.Parent.Namespace == "" && name != "svg" && name != "math":
			return "foreign element " + name + " in HTML"
		case node.Namespace != "" && node.Parent != nil && node.Parent.Namespace != "" && node.Parent.Namespace != node.Namespace:
			return "element " + name + " of another name space in " + node.Parent.Namespace
		case node.Namespace == "" && node.Parent != nil && node.Parent.Namespace != "":
			return "HTML element " + name + " in " + node.Parent.Namespace
		}
		for _, a := range node.Attr {
			if problem := forbiddenAttribute(name, a, policy); problem != "" {
				return problem
			}
		}
	default:
		return fmt.Sprintf("node of type %d", node.Type)
	}
	for child := node.FirstChild; child != nil; child = child.NextSibling {
		if problem := forbiddenNode(child, policy); problem != "" {
			return problem
		}
	}
	return ""
}

func forbiddenAttribute(element string, a html.Attribute, policy Policy) string {
	name := a.Key
	if a.Namespace != "" {
		name = a.Namespace + ":" + a.Key
	}
	lower := strings.ToLower(name)
	value := strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f || r == 0xad || r == 0xfeff {
			return -1
		}
		return r
	}, a.Val))
	place := fmt.Sprintf("attribute %s=%q of %s", name, a.Val, element)
	switch {
	case a.Namespace != "", badAttributes.MatchString(lower):
		return place
	case urlAttributes.MatchString(lower):
		scheme, _, found := strings.Cut(value, ":")
		if found && regexp.MustCompile(`^[a-z][a-z0-9+.-]*$`).MatchString(scheme) {
			switch {
			case scheme == "http", scheme == "https":
			case (scheme == "mailto" || scheme == "tel") && lower == "href":
			case scheme == "data" && element == "img" && regexp.MustCompile(`^data:image/(png|jpeg|gif|webp|avif);`).MatchString(value):
			case scheme == "data" && lower == "poster" && strings.HasPrefix(value, "data:image/") && !strings.Contains(value, "svg"):
			case scheme == "quoin" && policy == Block:
			default:
				return place
			}
		}
	case lower == "srcset":
		for _, candidate := range strings.Split(value, ",") {
			if scheme, _, found := strings.Cut(candidate, ":"); found && regexp.MustCompile(`^[a-z][a-z0-9+.-]*$`).MatchString(scheme) &&
				scheme != "http" && scheme != "https" {
				return place
			}
		}
	case lower == "style" && overlayCSS.MatchString(a.Val):
		return place
	case policy == Author && strings.Contains(value, "quoin:"):
		return place
	case policy == Author && (lower == "id" || lower == "class" || lower == "name"):
		for _, word := range strings.Fields(strings.ToLower(a.Val)) {
			if strings.HasPrefix(word, "q-") || strings.HasPrefix(word, "quoin") {
				return place
			}
		}
	case policy == Author && (strings.HasPrefix(lower, "data-q-") || strings.HasPrefix(lower, "data-quoin")):
		return place
	case lower == "form" && a.Val != "quoin:form" && value != "prefix" && value != "infix" && value != "postfix":
		return place
	case lower == "target" && value != "_blank" && value != "_self":
		return place
	}
	return ""
}
