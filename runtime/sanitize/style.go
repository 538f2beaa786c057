package sanitize

import "strings"

// style checks a style attribute and drops the declarations that are not allowed. Text that a strict reader cannot read
// (escapes, comments, braces, unbalanced quotes) is refused as a whole: browsers would read it, and in other ways.
func style(f *filter, value string) (string, Kind) {
	if len(value) > maxAttribute || (!f.block && holdsPlaceholder(value)) {
		return "", KindStyle
	}
	declarations, ok := splitDeclarations(value)
	if !ok {
		return "", KindStyle
	}
	var kept []string
	lost := false
	for _, declaration := range declarations {
		name, rest, _ := strings.Cut(declaration, ":")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" && strings.TrimSpace(rest) == "" {
			continue
		}
		if !allowedDeclaration(f, name, rest) {
			f.note(KindStyle, f.element, name, strings.TrimSpace(rest))
			lost = true
			continue
		}
		kept = append(kept, strings.TrimSpace(declaration))
	}
	if !lost {
		return value, ""
	}
	return strings.Join(kept, "; "), ""
}

// splitDeclarations cuts at semicolons outside quotes and parentheses.
func splitDeclarations(value string) (declarations []string, ok bool) {
	var quote byte
	depth, start := 0, 0
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case c == '\\' || c == 0 || c == 0x7f || (c < ' ' && !cssSpace(c)):
			return nil, false
		case quote != 0:
			if c == '\n' || c == '\r' || c == '\f' {
				return nil, false
			}
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				return nil, false
			}
		case strings.IndexByte("{}[]<>@", c) >= 0, c == '/' && strings.HasPrefix(value[i:], "/*"):
			return nil, false
		case c == ';' && depth == 0:
			declarations = append(declarations, value[start:i])
			start = i + 1
		}
	}
	return append(declarations, value[start:]), quote == 0 && depth == 0
}

func cssSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

// property says what a CSS property may hold. The zero value allows numbers from 0 up, words, colours and strings.
type property struct {
	// only lists the words that may stand here, nil for any.
	only map[string]bool
	// negative allows lengths down to -limit.
	negative bool
	// limit bounds lengths, in CSS pixels (an em counts 16), 0 for none.
	limit float64
	// image allows url() of a picture and gradients.
	image bool
	// computed allows calc() and its like, whose result may be negative.
	computed bool
}

func allowedDeclaration(f *filter, name, value string) bool {
	p, ok := properties[name]
	switch {
	case f.block && strings.HasPrefix(name, "--q-") && len(name) <= 64:
		p = property{negative: true}
	case !ok, f.namespace == "svg" && strings.HasPrefix(name, "overflow"):
		return false
	}
	value = strings.TrimSpace(value)
	if at := strings.LastIndexByte(value, '!'); at >= 0 {
		if !strings.EqualFold(strings.TrimSpace(value[at+1:]), "important") {
			return false
		}
		value = value[:at]
	}
	r := reader{filter: f, property: p, rest: value}
	return r.values("") && r.count > 0
}

var (
	plain  = property{}
	sized  = property{computed: true}
	shadow = property{negative: true, limit: 64}
	imaged = property{negative: true, image: true}
	signed = property{negative: true}
)

// properties is the list. What positions, transforms, animates, fixes to the window or lies above other things is not on it.
var properties = func() map[string]property {
	m := map[string]property{
		"position": {only: set("static relative inherit initial unset")},
		"display": {only: set(`block inline inline-block none flex inline-flex grid inline-grid flow-root list-item table inline-table
			table-row table-cell table-row-group table-header-group table-footer-group table-column table-column-group table-caption
			contents inherit initial unset`)},
	}
	add := func(p property, names string) {
		for _, name := range strings.Fields(names) {
			m[name] = p
		}
	}
	add(plain, `accent-color align-content align-items align-self border-bottom-color border-bottom-style border-block-color
		border-block-style border-block-end-color border-block-end-style border-block-start-color border-block-start-style
		border-collapse border-color border-inline-color border-inline-style border-inline-end-color border-inline-end-style
		border-inline-start-color border-inline-start-style border-left-color border-left-style border-right-color
		border-right-style border-style border-top-color border-top-style box-decoration-break box-sizing break-after
		break-before break-inside caption-side caret-color clear color color-scheme column-fill column-rule-color
		column-rule-style column-span cursor direction empty-cells fill fill-opacity fill-rule flex-direction flex-flow
		flex-wrap float font-kerning font-style font-synthesis font-variant font-variant-caps font-variant-east-asian
		font-variant-ligatures font-variant-numeric font-variant-position font-weight forced-color-adjust hyphens
		hyphenate-character image-orientation image-rendering justify-content justify-items justify-self line-break
		list-style-position list-style-type object-fit opacity orphans overflow overflow-wrap overflow-x overflow-y
		page-break-after page-break-before page-break-inside place-content place-items place-self pointer-events
		print-color-adjust quotes resize ruby-align ruby-position stop-color stop-opacity stroke stroke-dasharray
		stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width table-layout text-align text-align-last
		text-anchor text-combine-upright text-decoration text-decoration-color text-decoration-line
		text-decoration-skip-ink text-decoration-style text-decoration-thickness text-emphasis text-justify
		text-orientation text-overflow text-rendering text-size-adjust text-transform text-wrap unicode-bidi
		user-select visibility white-space widows word-break word-wrap writing-mode -webkit-text-fill-color
		-webkit-font-smoothing -moz-osx-font-smoothing -webkit-user-select -moz-user-select -ms-user-select`)
	add(sized, `aspect-ratio block-size border border-block border-block-end border-block-end-width border-block-start
		border-block-start-width border-block-width border-bottom border-bottom-left-radius border-bottom-right-radius
		border-bottom-width border-end-end-radius border-end-start-radius border-inline border-inline-end
		border-inline-end-width border-inline-start border-inline-start-width border-inline-width border-left
		border-left-width border-radius border-right border-right-width border-spacing border-start-end-radius
		border-start-start-radius border-top border-top-left-radius border-top-right-radius border-top-width border-width
		column-count column-gap column-rule column-rule-width column-width columns flex flex-basis flex-grow flex-shrink font
		font-family font-size font-size-adjust font-stretch gap grid-auto-columns grid-auto-flow grid-auto-rows grid-column-gap
		grid-gap grid-row-gap grid-template-columns grid-template-rows height inline-size line-height max-block-size max-height
		max-inline-size max-width min-block-size min-height min-inline-size min-width padding padding-block padding-block-end
		padding-block-start padding-bottom padding-inline padding-inline-end padding-inline-start padding-left padding-right
		padding-top row-gap tab-size width -webkit-border-radius -moz-border-radius`)
	// Negative margins and indents would move a box over its neighbours, and calc() can make them.
	add(plain, `margin margin-block margin-block-end margin-block-start margin-bottom margin-inline margin-inline-end
		margin-inline-start margin-left margin-right margin-top text-indent`)
	add(shadow, `box-shadow letter-spacing outline outline-color outline-offset outline-style outline-width text-shadow
		text-underline-offset vertical-align word-spacing -webkit-box-shadow -moz-box-shadow`)
	add(imaged, `background background-color background-image background-origin background-position background-repeat
		background-size background-clip list-style list-style-image`)
	add(signed, `grid-area grid-column grid-column-end grid-column-start grid-row grid-row-end grid-row-start object-position
		order stroke-dashoffset`)
	return m
}()
