package sanitize

import (
	"regexp"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/net/html"
)

// check looks at one attribute's value. It returns the value to keep, or the kind of the refusal. Where it keeps a part, it
// notes what it took away.
type check func(f *filter, value string) (kept string, refused Kind)

// globalAttributes stand on every HTML element but wire.PlaceTag, which the host replaces.
var globalAttributes = element{
	"class": class, "dir": token, "hidden": token, "id": id, "itemid": text, "itemprop": text, "itemscope": text,
	"itemtype": text, "lang": token, "role": words, "style": style, "tabindex": oneOf("0", "-1"), "title": text,
	"translate": token,
}

// foreignAttributes stand on every SVG and MathML element.
var foreignAttributes = element{
	"class": class, "dir": token, "id": id, "lang": token, "role": words, "style": style, "tabindex": oneOf("0", "-1"),
}

// ariaAttributes stand on every element. Those that name other elements hold ids.
var ariaAttributes = aria()

func aria() element {
	attributes := element{}
	for _, name := range strings.Fields(`atomic autocomplete braillelabel brailleroledescription busy checked colcount colindex
		colindextext colspan current description disabled expanded haspopup hidden invalid keyshortcuts label level live modal
		multiline multiselectable orientation placeholder posinset pressed readonly relevant required roledescription rowcount
		rowindex rowindextext rowspan selected setsize sort valuemax valuemin valuenow valuetext`) {
		attributes["aria-"+name] = text
	}
	for _, name := range strings.Fields(`activedescendant controls describedby details errormessage flowto labelledby owns`) {
		attributes["aria-"+name] = ids
	}
	return attributes
}

// refusedAttributes mean something in HTML and are not allowed, or not everywhere.
var refusedAttributes = set(`accept-charset accesskey action allow allowfullscreen allowpaymentrequest allowtransparency anchor
	archive as async attributionsrc autofocus autoplay background behavior blocking browsingtopics capture challenge charset
	closedby code codebase codetype color-scheme command commandfor content contenteditable contextmenu credentialless
	crossorigin csp data declare defer draggable dynsrc enterkeyhint event exportparts face fetchpriority for form formaction
	formenctype formmethod formnovalidate formtarget frameborder http-equiv icon imagesizes imagesrcset inert inputmode
	integrity interestfor is itemref keytype lowsrc manifest marginheight marginwidth method name nomodule nonce novalidate
	object part pattern ping popover popovertarget popovertargetaction profile readonly required sandbox scheme scrolling
	seamless selected shadowrootmode shadowrootclonable shadowrootdelegatesfocus shadowrootserializable slot spellcheck
	srcdoc standby step text link vlink alink target type valuetype value writingsuggestions xmlns`)

// meaningless reports whether an attribute says nothing to a browser, so that leaving it out changes nothing: the rest of a
// sentence behind a misplaced quote, or the mark of some editor.
func meaningless(node *html.Node, name string) bool {
	if node.Namespace != "" || strings.HasPrefix(name, "on") || strings.HasPrefix(name, "aria-") ||
		strings.HasPrefix(name, "data-") || strings.ContainsFunc(name, odd) || refusedAttributes[name] {
		return false
	}
	return !knownAttributes()[name]
}

func odd(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(":<>\"'`=/\\", r) }

// knownAttributes are all that some element may have.
var knownAttributes = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for _, table := range []map[string]element{htmlElements, blockElements, {"": globalAttributes}} {
		for _, attributes := range table {
			for name := range attributes {
				known[name] = true
			}
		}
	}
	return known
})

// dataName is what data attributes may be called: no capitals, which the parser never gives, and no data-xml, which is
// reserved.
var dataName = regexp.MustCompile(`^data-[a-z0-9_.-]{1,100}$`)

// data checks an attribute that starts with "data-".
func data(f *filter, name, value string) (string, Kind) {
	rest := name[len("data-"):]
	switch {
	case !dataName.MatchString(name), strings.HasPrefix(rest, "xml"), strings.Contains(rest, "data-"):
		return "", KindAttribute
	case platformName(rest) && !f.block, hooks[rest]:
		return "", KindName
	}
	return text(f, value)
}

const maxAttribute = 32 << 10

// text is any text. Addresses of our own making ("quoin:") stand only in a block's fragments.
func text(f *filter, value string) (string, Kind) {
	if len(value) > maxAttribute || (!f.block && holdsPlaceholder(value)) {
		return "", KindAttribute
	}
	return value, ""
}

func pattern(expression string) check {
	compiled := regexp.MustCompile(expression)
	return func(_ *filter, value string) (string, Kind) {
		if len(value) > maxAttribute || !compiled.MatchString(value) {
			return "", KindAttribute
		}
		return value, ""
	}
}

func oneOf(values ...string) check {
	return func(_ *filter, value string) (string, Kind) {
		for _, allowed := range values {
			if strings.EqualFold(value, allowed) {
				return value, ""
			}
		}
		return "", KindAttribute
	}
}

// letters allows letters and digits of any script, and the given characters. The commonest checks are no patterns: they run
// for most attributes of a page.
func letters(limit int, more string) check {
	return func(_ *filter, value string) (string, Kind) {
		if len(value) > limit {
			return "", KindAttribute
		}
		for _, r := range value {
			switch {
			case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune(more, r):
			case r < 0x80 || (!unicode.IsLetter(r) && !unicode.IsDigit(r)):
				return "", KindAttribute
			}
		}
		return value, ""
	}
}

var (
	token  = letters(100, "#._+/ -")
	words  = letters(200, "_. -")
	number = pattern(`^\s*[+-]?[0-9]{1,9}(\.[0-9]{0,9})?\s*$`)
	size   = pattern(`^\s*[+-]?[0-9]{0,6}(\.[0-9]{0,9})?\s*(%|[a-zA-Z]{1,4}|\*)?\s*;?\s*$`)
	// numbers are lists of numbers: coordinates, SVG paths.
	numbers = pattern(`^[0-9eE+., \t\r\n%MmZzLlHhVvCcSsQqTtAapxem-]*$`)
	sizes   = pattern(`^[a-zA-Z0-9 ().,:%\t\r\n-]*$`)
	// mathSizes may be slightly negative, as TeX's thin spaces are.
	mathSizes = pattern(`^\s*(-[0-3]?(\.[0-9]*)?(em|ex|mu)|[+]?[0-9]{0,4}(\.[0-9]*)?\s*[a-zA-Z%]*)(\s+[+]?[0-9]{0,4}(\.[0-9]*)?[a-zA-Z%]*)*\s*$`)
	// transform moves inside a drawing, which clips what leaves it.
	transform = pattern(`^\s*((matrix|translate|scale|rotate|skewX|skewY)\s*\([0-9eE+., \t\r\n-]*\)[\s,]*)*$`)
	// paint is a colour or a reference to a gradient or marker of the same page.
	paint     = pattern(`^\s*(#[0-9a-fA-F]{3,8}|[a-zA-Z-]{1,40}|(rgb|rgba|hsl|hsla)\([0-9., %/]*\)|url\(\s*#[A-Za-z0-9_.-]{1,100}\s*\)(\s+[a-z]+)?)\s*$`)
	namespace = pattern(`^http://www\.w3\.org/(1998/Math/MathML|2000/svg|1999/xhtml)$`)
)

var (
	// anonymous asks for a file without cookies, as captions of another host need it.
	anonymous = oneOf("anonymous", "")
	// referrer tells other hosts at most whence a reader comes, never the page.
	referrer = oneOf("no-referrer", "origin", "origin-when-cross-origin", "same-origin", "strict-origin",
		"strict-origin-when-cross-origin")
)

// relations are the values of rel that neither load nor grant anything.
var relations = set(`alternate author bookmark canonical external glossary help license me next nofollow noopener noreferrer
	prev search tag ugc sponsored`)

func rel(f *filter, value string) (string, Kind) {
	return keepWords(f, "rel", value, func(word string) Kind {
		if relations[strings.ToLower(word)] {
			return ""
		}
		return KindAttribute
	})
}

// keepWords drops the words that verdict refuses, and notes them. A value that keeps all its words stays as it is.
func keepWords(f *filter, name, value string, verdict func(string) Kind) (string, Kind) {
	if len(value) > maxAttribute {
		return "", KindAttribute
	}
	var kept []string
	lost := false
	for _, word := range strings.Fields(value) {
		if kind := verdict(word); kind != "" {
			f.note(kind, f.element, name, word)
			lost = true
			continue
		}
		kept = append(kept, word)
	}
	if !lost {
		return value, ""
	}
	return strings.Join(kept, " "), ""
}
