package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxWord bounds a word in bytes as it was written; what is longer is no word that anybody looks for.
const maxWord = 64

// eachWord calls word for every word of a text, with its place in bytes, until it says false.
func eachWord(text string, word func(start, end int) bool) {
	start := -1
	for i, r := range text {
		switch {
		case alone(r): // a word by itself
			if start >= 0 && !word(start, i) || !word(i, i+utf8.RuneLen(r)) {
				return
			}
			start = -1
		case within(r, start >= 0):
			if start < 0 {
				start = i
			}
		case start >= 0:
			if !word(start, i) {
				return
			}
			start = -1
		}
	}
	if start >= 0 {
		word(start, len(text))
	}
}

// within reports whether a character belongs to a word; marks and joiners do not begin one.
func within(r rune, inside bool) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || inside && (unicode.Is(unicode.M, r) || r == '\u200c' || r == '\u200d')
}

// alone reports whether a script writes its words without spaces, so that each character is found by itself.
func alone(r rune) bool {
	return r >= 0x2E80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// fold gives a word as it is looked for: without case, accents and vowel signs, and with letters alike that people write for
// one another.
func fold(word string) string {
	if len(word) > maxWord {
		return ""
	}
	ascii, lower := true, true
	for i := range len(word) {
		ascii = ascii && word[i] < utf8.RuneSelf
		lower = lower && (word[i] < 'A' || word[i] > 'Z')
	}
	if ascii && lower {
		return word
	}
	if ascii {
		return strings.ToLower(word)
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(word) {
		switch {
		case unicode.Is(unicode.M, r), r == 'ـ', r == '\u200c', r == '\u200d':
		case r >= '٠' && r <= '٩':
			b.WriteRune(r - '٠' + '0')
		case r >= '۰' && r <= '۹':
			b.WriteRune(r - '۰' + '0')
		default:
			b.WriteString(alike(unicode.ToLower(r)))
		}
	}
	return b.String()
}

// alike gives what stands for a letter in the index.
func alike(r rune) string {
	switch r {
	case 'ٱ':
		return "ا"
	case 'ى', 'ی':
		return "ي"
	case 'ة':
		return "ه"
	case 'ک':
		return "ك"
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ø':
		return "o"
	case 'ł':
		return "l"
	case 'đ', 'ð':
		return "d"
	case 'ı':
		return "i"
	case 'ς':
		return "σ"
	}
	return string(r)
}

// articles are what Arabic writes before a noun in one word, the longest first.
var articles = []string{"وال", "بال", "كال", "فال", "لل", "ال"}

// bare is a folded Arabic word without its article, "" when it has none.
func bare(folded string) string {
	for _, article := range articles {
		if rest, ok := strings.CutPrefix(folded, article); ok && utf8.RuneCountInString(rest) >= 3 {
			return rest
		}
	}
	return ""
}
