package sanitize

import (
	"regexp"
	"strconv"
	"strings"
)

// reader reads a declaration's value token by token and stops at the first that is not allowed.
type reader struct {
	filter   *filter
	property property
	rest     string
	count    int
	depth    int
}

// A string names a font. It holds nothing that would mean something to a reader who lost count of the quotes.
var cssString = regexp.MustCompile(`^("[\p{L}\p{N} ,._+-]*"|'[\p{L}\p{N} ,._+-]*')`)

// Functions of CSS that may stand in a value. What they hold is read by the same rules.
var (
	cssColours  = set("rgb rgba hsl hsla hwb lab lch oklab oklch color-mix light-dark")
	cssComputed = set("calc min max clamp minmax repeat fit-content")
	cssImages   = set("linear-gradient radial-gradient conic-gradient repeating-linear-gradient repeating-radial-gradient")
)

const maxDepth = 8

// values reads up to the end, or up to the parenthesis that closes the function of this name.
func (r *reader) values(function string) bool {
	for {
		r.rest = strings.TrimLeft(r.rest, " \t\r\n\f")
		if r.rest == "" {
			return function == ""
		}
		r.count++
		c := r.rest[0]
		switch {
		case c == ')':
			r.rest = r.rest[1:]
			return function != ""
		case c == ',' || c == '/':
			r.rest = r.rest[1:]
		case cssComputed[function] && strings.IndexByte("+-*", c) >= 0 && len(r.rest) > 1 && cssSpace(r.rest[1]):
			r.rest = r.rest[1:]
		case cssComputed[function] && c == '(':
			if !r.group(function, 1) {
				return false
			}
		case c == '"' || c == '\'':
			if !r.take(len(cssString.FindString(r.rest))) {
				return false
			}
		case c == '#':
			if n := span(r.rest[1:], hexadecimal); n < 3 || n > 8 || !r.take(n+1) {
				return false
			}
		case c == '+' || c == '.' || digit(c) || c == '-' && wordLength(r.rest) == 0:
			if !r.number(function) {
				return false
			}
		default:
			if !r.word() {
				return false
			}
		}
	}
}

// take drops a token of n bytes, which must end where a token can; 0 bytes are none.
func (r *reader) take(n int) bool {
	r.rest = r.rest[n:]
	return n > 0 && (r.rest == "" || cssSpace(r.rest[0]) || strings.IndexByte(",/)", r.rest[0]) >= 0)
}

// span counts the leading bytes of a kind.
func span(s string, kind func(byte) bool) int {
	n := 0
	for n < len(s) && kind(s[n]) {
		n++
	}
	return n
}

func digit(c byte) bool  { return c >= '0' && c <= '9' }
func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func inWord(c byte) bool { return letter(c) || digit(c) || c == '-' || c == '_' }

// wordLength measures an identifier, 0 when none starts here.
func wordLength(s string) int {
	dashes := 0
	for dashes < len(s) && dashes < 2 && s[dashes] == '-' {
		dashes++
	}
	if dashes == len(s) || !letter(s[dashes]) && s[dashes] != '_' {
		return 0
	}
	if n := span(s, inWord); n <= 64 {
		return n
	}
	return 0
}

// numberLength measures a number without its unit, 0 when none starts here.
func numberLength(s string) int {
	n := 0
	if s[0] == '+' || s[0] == '-' {
		n = 1
	}
	whole := span(s[n:], digit)
	n += whole
	part := 0
	if n < len(s) && s[n] == '.' {
		part = span(s[n+1:], digit)
		n += part + 1
	}
	if whole+part == 0 || whole > 9 || part > 20 || s[n-1] == '.' {
		return 0
	}
	return n
}

func (r *reader) number(function string) bool {
	n := numberLength(r.rest)
	unit := ""
	if rest := r.rest[n:]; strings.HasPrefix(rest, "%") {
		unit = "%"
	} else if letters := span(rest, letter); letters <= 8 {
		unit = strings.ToLower(rest[:letters])
	}
	written := r.rest[:n]
	if n == 0 || !r.take(n+len(unit)) {
		return false
	}
	if cssColours[function] || cssImages[function] {
		return true
	}
	value, err := strconv.ParseFloat(written, 64)
	if err != nil || (written[0] == '-' && !r.property.negative) {
		return false
	}
	return r.property.limit == 0 || small(value, unit, r.property.limit)
}

// small compares a length with a limit in pixels.
func small(value float64, unit string, limit float64) bool {
	switch unit {
	case "", "px", "pt":
	case "em", "rem", "ex", "ch", "lh", "rlh", "ic", "cap":
		value *= 16
	case "%":
		value *= 0.16
	case "mm", "q":
		value *= 4
	case "deg", "turn", "rad":
		return true
	default: // in, cm, pc and shares of the window are never small enough to be worth a rule
		return false
	}
	return value <= limit && value >= -limit
}

func (r *reader) word() bool {
	word := r.rest[:wordLength(r.rest)]
	if word == "" {
		return false
	}
	name := strings.ToLower(word)
	if strings.HasPrefix(r.rest[len(word):], "(") {
		return r.function(name, len(word)+1)
	}
	if r.property.only != nil && !r.property.only[name] {
		return false
	}
	return r.take(len(word))
}

// function reads a call whose opening parenthesis ends after skip bytes.
func (r *reader) function(name string, skip int) bool {
	switch {
	case r.property.only != nil:
		return false
	case name == "url":
		return r.property.image && r.url(skip)
	case cssColours[name], cssComputed[name] && r.property.computed, cssImages[name] && r.property.image:
		return r.group(name, skip)
	}
	return false
}

func (r *reader) group(function string, skip int) bool {
	if r.depth++; r.depth > maxDepth {
		return false
	}
	defer func() { r.depth-- }()
	r.rest = r.rest[skip:]
	return r.values(function)
}

// url reads the address of a picture; it must be one that an img could have, and not in the text itself.
func (r *reader) url(skip int) bool {
	r.rest = r.rest[skip:]
	inner, rest, ok := strings.Cut(r.rest, ")")
	if !ok {
		return false
	}
	inner = strings.TrimSpace(inner)
	if n := len(inner); n >= 2 && (inner[0] == '"' || inner[0] == '\'') && inner[n-1] == inner[0] {
		inner = inner[1 : n-1]
	}
	if inner == "" || strings.ContainsAny(inner, "\"'( \t\r\n\f") {
		return false
	}
	read, kind := address(r.filter, inner, loadSchemes)
	r.rest = rest
	// The text stays as it was written, so it must already be what was checked, up to escapes.
	return kind == "" && !holdsPlaceholder(inner) && schemeAgrees(inner, read)
}

func schemeAgrees(written, read string) bool {
	a, _ := schemeOf(written)
	b, _ := schemeOf(read)
	return a == b
}
