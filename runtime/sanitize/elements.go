package sanitize

import (
	"strings"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// element is one allowed element with the attributes that it may have beside the global ones.
type element map[string]check

// dropped lists elements, by any name space, that go with everything they hold: their content is no text for a reader, or
// browsers and parsers disagree about how to read it. Other elements that are not allowed go alone and leave their content.
var dropped = set(`script style noscript template iframe object embed applet frame frameset noframes noembed title
	textarea select datalist foreignobject annotation-xml xmp plaintext listing portal fencedframe selectedcontent
	set animate animatemotion animatetransform discard mpath use image feimage desc metadata`)

// htmlElements are the elements of the HTML name space that both policies allow.
var htmlElements = map[string]element{
	"a": {
		"href": link, "target": oneOf("_blank", "_self"), "rel": rel, "download": text, "hreflang": token, "type": token,
		"name": id, "referrerpolicy": referrer, "alt": text,
	},
	"abbr": {}, "acronym": {}, "address": {}, "article": {}, "aside": {}, "b": {}, "bdi": {}, "bdo": {}, "big": {},
	"area": {
		"href": link, "target": oneOf("_blank", "_self"), "rel": rel, "shape": token, "coords": numbers, "alt": text,
	},
	"audio": {
		"src": media, "controls": text, "loop": text, "muted": text, "preload": token, "controlslist": words,
		"crossorigin": anonymous,
	},
	"blockquote": {"cite": link},
	"br":         {"clear": token},
	"caption":    {"align": token},
	"center":     {}, "cite": {}, "code": {}, "dd": {}, "dfn": {},
	"col":      {"span": number, "width": size, "align": token, "valign": token},
	"colgroup": {"span": number, "width": size, "align": token, "valign": token},
	"data":     {"value": text},
	"del":      {"cite": link, "datetime": text},
	"details":  {"open": text, "name": id},
	"div":      {"align": token},
	"dl":       {"compact": text},
	"dt":       {}, "em": {}, "figcaption": {}, "figure": {}, "footer": {}, "header": {}, "hgroup": {}, "i": {},
	"font": {"color": token, "face": text, "size": size},
	"h1":   {"align": token}, "h2": {"align": token}, "h3": {"align": token}, "h4": {"align": token}, "h5": {"align": token},
	"h6": {"align": token},
	"hr": {"align": token, "width": size, "size": size, "noshade": text, "color": token},
	"img": {
		"src": picture, "srcset": srcset, "sizes": sizes, "alt": text, "width": size, "height": size, "align": token,
		"border": size, "hspace": size, "vspace": size, "loading": token, "decoding": token, "usemap": fragment, "ismap": text,
		"longdesc": link, "referrerpolicy": referrer, "fetchpriority": token, "crossorigin": anonymous,
	},
	"ins": {"cite": link, "datetime": text},
	"kbd": {}, "main": {}, "mark": {},
	"li":    {"value": number, "type": token},
	"map":   {"name": id},
	"menu":  {},
	"meter": {"value": number, "min": number, "max": number, "low": number, "high": number, "optimum": number},
	"nav":   {}, "nobr": {},
	"ol":      {"start": number, "reversed": text, "type": token, "compact": text},
	"p":       {"align": token},
	"picture": {}, "pre": {"width": number},
	"progress": {"value": number, "max": number},
	"q":        {"cite": link},
	"rb":       {}, "rp": {}, "rt": {}, "rtc": {}, "ruby": {}, "s": {}, "samp": {}, "search": {}, "section": {}, "small": {},
	"source": {
		"src": media, "srcset": srcset, "sizes": sizes, "media": sizes, "type": text, "width": size, "height": size,
	},
	"span": {}, "strike": {}, "strong": {}, "sub": {}, "summary": {}, "sup": {},
	"table": {
		"align": token, "bgcolor": token, "border": size, "cellpadding": size, "cellspacing": size, "frame": token,
		"rules": token, "summary": text, "width": size, "height": size,
	},
	"tbody": {"align": token, "valign": token}, "tfoot": {"align": token, "valign": token},
	"thead": {"align": token, "valign": token},
	"td":    cell, "th": cell,
	"time":  {"datetime": text},
	"tr":    {"align": token, "valign": token, "bgcolor": token, "height": size},
	"track": {"src": media, "kind": token, "srclang": token, "label": text, "default": text},
	"tt":    {}, "u": {}, "ul": {"type": token, "compact": text}, "var": {}, "wbr": {},
	"video": {
		"src": media, "poster": picture, "controls": text, "loop": text, "muted": text, "preload": token, "width": size,
		"height": size, "playsinline": text, "controlslist": words, "disablepictureinpicture": text, "crossorigin": anonymous,
	},
}

var cell = element{
	"abbr": text, "align": token, "axis": text, "bgcolor": token, "char": token, "colspan": number, "headers": ids,
	"height": size, "nowrap": text, "rowspan": number, "scope": token, "valign": token, "width": size,
}

// blockElements are what a built-in block's fragment may have besides: form controls, which join the host's form by
// form="quoin:form", and the places of children.
var blockElements = map[string]element{
	"button": control(element{
		"type": oneOf("button", "submit", "reset"), "value": text, "formnovalidate": text, "name": buttonName,
	}),
	"datalist": {},
	"fieldset": control(nil),
	"input": control(element{
		"type": oneOf("button", "checkbox", "color", "date", "datetime-local", "email", "file", "hidden", "month", "number",
			"radio", "range", "reset", "search", "submit", "tel", "text", "time", "url", "week"),
		"value": text, "checked": text, "list": id, "min": text, "max": text, "step": text, "size": number, "multiple": text,
		"accept": text, "capture": token, "pattern": text, "placeholder": text, "minlength": number, "maxlength": number,
		"autocomplete": words, "inputmode": token, "readonly": text, "required": text, "spellcheck": token,
		"autocapitalize": token, "autocorrect": token, "enterkeyhint": token, "dirname": fieldName, "formnovalidate": text,
	}),
	"label":    {"for": ids},
	"legend":   {"align": token},
	"optgroup": {"label": text, "disabled": text},
	"option":   {"label": text, "value": text, "selected": text, "disabled": text},
	"output":   control(element{"for": ids}),
	"select": control(element{
		"multiple": text, "size": number, "required": text, "autocomplete": words,
	}),
	"textarea": control(element{
		"rows": number, "cols": number, "wrap": token, "placeholder": text, "minlength": number, "maxlength": number,
		"autocomplete": words, "readonly": text, "required": text, "spellcheck": token, "autocapitalize": token,
		"autocorrect": token, "enterkeyhint": token, "dirname": fieldName,
	}),
	wire.PlaceTag: {"name": placeName},
}

func control(more element) element {
	e := element{"form": hostForm, "name": fieldName, "disabled": text}
	for name, c := range more {
		e[name] = c
	}
	return e
}

// mathElements are those of MathML Core and what older tools write. annotation-xml, mglyph and malignmark switch name
// spaces, maction acts, and links are refused.
var mathElements = withAttributes(mathAttributes, `math semantics annotation mrow mi mn mo ms mtext mspace msqrt mroot mfrac
	mstyle merror mpadded mphantom mfenced menclose msub msup msubsup munder mover munderover mmultiscripts mprescripts none
	mtable mtr mtd mlabeledtr`)

var mathAttributes = element{
	"accent": token, "accentunder": token, "arg": token, "intent": text, "linebreak": token, "align": token, "alttext": text, "close": text, "columnalign": words,
	"columnlines": words, "columnspacing": mathSizes, "columnspan": number, "depth": mathSizes, "denomalign": token,
	"display": token, "displaystyle": token, "encoding": token, "equalcolumns": token, "equalrows": token, "fence": token,
	"form": oneOf("prefix", "infix", "postfix"), "frame": token, "framespacing": mathSizes, "height": mathSizes, "largeop": token, "linethickness": mathSizes,
	"lquote": text, "lspace": mathSizes, "mathbackground": token, "mathcolor": token, "mathsize": mathSizes,
	"mathvariant": token, "maxsize": mathSizes, "minsize": mathSizes, "movablelimits": token, "notation": words,
	"numalign": token, "open": text, "rowalign": words, "rowlines": words, "rowspacing": mathSizes, "rowspan": number,
	"rquote": text, "rspace": mathSizes, "scriptlevel": number, "separator": token, "separators": text, "stretchy": token,
	"subscriptshift": mathSizes, "superscriptshift": mathSizes, "symmetric": token, "voffset": mathSizes, "width": mathSizes,
	"xmlns": namespace,
}

// svgElements draw and do nothing else: no links, scripts, styles, animation, references to other documents, and none of
// the elements (foreignObject, desc, title) in which HTML starts again. A name goes into aria-label.
var svgElements = withAttributes(svgAttributes, `svg g path circle ellipse line polyline polygon rect text tspan defs
	linearGradient radialGradient stop marker`)

var svgAttributes = element{
	"cx": size, "cy": size, "d": numbers, "dx": numbers, "dy": numbers, "fill": paint, "fill-opacity": size,
	"fill-rule": token, "clip-rule": token, "font-family": text, "font-size": size, "font-style": token, "font-weight": token,
	"fx": size, "fy": size, "focusable": token, "gradientTransform": transform, "gradientUnits": token, "height": size,
	"letter-spacing": size, "lengthAdjust": token, "marker-end": paint, "marker-mid": paint, "marker-start": paint,
	"markerHeight": size, "markerUnits": token, "markerWidth": size, "offset": size, "opacity": size, "orient": token,
	"pathLength": number, "points": numbers, "preserveAspectRatio": words, "r": size, "refX": size, "refY": size,
	"rotate": numbers, "rx": size, "ry": size, "shape-rendering": token, "spreadMethod": token, "stop-color": paint,
	"stop-opacity": size, "stroke": paint, "stroke-dasharray": numbers, "stroke-dashoffset": size, "stroke-linecap": token,
	"stroke-linejoin": token, "stroke-miterlimit": number, "stroke-opacity": size, "stroke-width": size, "text-anchor": token,
	"dominant-baseline": token, "alignment-baseline": token, "text-rendering": token, "textLength": size,
	"transform": transform, "vector-effect": token, "version": token, "viewBox": numbers, "width": size, "x": numbers,
	"x1": size, "x2": size, "xmlns": namespace, "y": numbers, "y1": size, "y2": size, "color": paint, "visibility": token,
	"display": token,
}

func withAttributes(attributes element, names string) map[string]element {
	elements := map[string]element{}
	for _, name := range strings.Fields(names) {
		elements[name] = attributes
	}
	return elements
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, word := range strings.Fields(words) {
		m[word] = true
	}
	return m
}
