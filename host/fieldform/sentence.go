package fieldform

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// Sentence gives a finding's text as a sentence: blocks write them like errors, in lower case and without a full stop. A first word
// that is a name, such as x or max_attempts, stays as it is.
func Sentence(text string) string {
	text = strings.TrimSpace(text)
	first, _, _ := strings.Cut(text, " ")
	word := strings.TrimRight(first, ",;:.!?")
	letters := word != "" && !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLower(r) && r != '\'' && r != '’' && r != '-' })
	if letters && (utf8.RuneCountInString(word) > 1 || word == "a") {
		r, size := utf8.DecodeRuneInString(text)
		text = string(unicode.ToUpper(r)) + text[size:]
	}
	if last, _ := utf8.DecodeLastRuneInString(text); text != "" && !strings.ContainsRune(".!?…:؟。", last) {
		text += "."
	}
	return text
}

// Sentences gives findings as they are shown.
func Sentences(findings []wire.Finding) []wire.Finding {
	findings = slices.Clone(findings)
	for i := range findings {
		findings[i].Message, findings[i].Fix = Sentence(findings[i].Message), Sentence(findings[i].Fix)
	}
	return findings
}
