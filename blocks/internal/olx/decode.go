package olx

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// oneLine replaces line ends in an attribute by spaces, as XML has it; those written as &#10; stay.
func oneLine(value string) string {
	if !strings.ContainsAny(value, "\t\r\n") {
		return value
	}
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ").Replace(value)
}

// decode resolves character references and XML's five entities; what is neither stays as it is.
func decode(value string) string {
	if !strings.Contains(value, "&") {
		return value
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(value, "&")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, ";")
		if r, ok := entity(name); closed && ok {
			b.WriteRune(r)
			value = after
			continue
		}
		b.WriteByte('&')
		value = rest
	}
}

func entity(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, numeric := strings.CutPrefix(name, "#")
	base := 10
	if hexadecimal, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hexadecimal, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if !numeric || err != nil || n == 0 || !utf8.ValidRune(rune(n)) {
		return 0, false
	}
	return rune(n), true
}
