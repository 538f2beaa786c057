// Package pystr has the few text operations whose Python 3 meaning decides a CAPA score: what counts as white space, what
// lower case is, and how a list reads when Python prints it.
package pystr

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsSpace reports what str.isspace does for one character. Python counts the four ASCII separators (U+001C to U+001F),
// which Unicode's White_Space property leaves out.
func IsSpace(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' ' || r >= '\t' && r <= '\r' || r >= 0x1c && r <= 0x1f
	}
	return unicode.IsSpace(r)
}

// Strip is str.strip() without arguments.
func Strip(s string) string { return strings.TrimFunc(s, IsSpace) }

// Fields is str.split() without arguments.
func Fields(s string) []string { return strings.FieldsFunc(s, IsSpace) }

// Lower is str.lower(): simple lower case, but İ becomes two characters and a capital sigma at the end of a word becomes
// the final sigma.
func Lower(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return lowerUnicode(s)
		}
	}
	return strings.ToLower(s)
}

func lowerUnicode(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i, r := range s {
		switch r {
		case 'İ':
			b.WriteString("i̇")
		case 'Σ':
			b.WriteRune(sigma(s[:i], s[i+len("Σ"):]))
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// sigma is the lower case of a capital sigma between two texts (Unicode's Final_Sigma condition).
func sigma(before, after string) rune {
	if casedAt(before, true) && !casedAt(after, false) {
		return 'ς'
	}
	return 'σ'
}

// casedAt reports whether the nearest character that is not ignored for casing is a cased letter.
func casedAt(s string, fromEnd bool) bool {
	for s != "" {
		var r rune
		var n int
		if fromEnd {
			r, n = utf8.DecodeLastRuneInString(s)
			s = s[:len(s)-n]
		} else {
			r, n = utf8.DecodeRuneInString(s)
			s = s[n:]
		}
		if ignorable(r) {
			continue
		}
		return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
	}
	return false
}

// ignorable is Unicode's Case_Ignorable property: marks, modifiers, format characters and punctuation inside words.
func ignorable(r rune) bool {
	switch r {
	case '\'', '.', ':', '\u00b7', '\u0387', '\u055f', '\u05f4', '\u2018', '\u2019', '\u2024', '\u2027', '\ufe13', '\ufe52', '\ufe55',
		'\uff07', '\uff0e', '\uff1a':
		return true
	}
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk)
}

// ReprList is repr() of a list of texts. Characters that Python would escape as not printable are left as they are.
func ReprList(items []string) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, item := range items {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(Repr(item))
	}
	b.WriteByte(']')
	return b.String()
}

// Repr is repr() of a text, for texts of printable characters.
func Repr(s string) string {
	quote := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = `"`
	}
	s = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s)
	if quote == "'" {
		s = strings.ReplaceAll(s, "'", `\'`)
	}
	return quote + s + quote
}
