package capa

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/blocks/internal/pystr"
)

// parseOptions reads a list as Python writes a tuple of strings: ('one','two'). White space separates as commas do. A
// quote between two letters (it's), or behind a backslash, is part of the text. Items without quotes, which Open edX shows
// as empty, are taken up to the next comma.
func parseOptions(text string) []string {
	text = pystr.Strip(text)
	if len(text) >= 2 {
		text = text[1 : len(text)-1] // whatever brackets they are
	}
	var list []string
	for {
		text = strings.TrimLeftFunc(text, func(r rune) bool { return r == ',' || pystr.IsSpace(r) })
		if text == "" {
			return list
		}
		var item string
		if text[0] == '\'' || text[0] == '"' {
			item, text = quoted(text)
		} else {
			item, text, _ = strings.Cut(text, ",")
			item = pystr.Strip(item)
		}
		list = append(list, item)
	}
}

// quoted reads up to the quote that closes the first one.
func quoted(text string) (item, rest string) {
	quote := text[0]
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text) && text[i+1] == '\'':
			b.WriteByte('\'')
			i++
		case text[i] == quote && (quote != '\'' || !betweenLetters(text, i)):
			return b.String(), text[i+1:]
		default:
			b.WriteByte(text[i])
		}
	}
	return b.String(), ""
}

func betweenLetters(text string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	after, _ := utf8.DecodeRuneInString(text[i+1:])
	return i > 1 && unicode.IsLetter(before) && unicode.IsLetter(after)
}
