// Package lookalike tells names that the eye takes for one another.
package lookalike

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold gives the same text for names that differ in case, in the form of a character, in the script of a digit, or in a letter
// that looks as a Latin one does.
func Fold(name string) string {
	folded := cases.Fold().String(norm.NFKC.String(name))
	return strings.Map(func(r rune) rune {
		if r > 0x7f && unicode.IsDigit(r) {
			return '0' + digitValue(r)
		}
		if twin, ok := twins[r]; ok {
			return twin
		}
		return r
	}, norm.NFKC.String(folded))
}

// digitValue counts from the zero of the digit's script: Unicode keeps the ten of each together.
func digitValue(r rune) rune {
	value := rune(0)
	for value < 9 && unicode.IsDigit(r-value-1) && sameTen(r, r-value-1) {
		value++
	}
	return value
}

func sameTen(a, b rune) bool {
	for _, t := range unicode.Nd.R16 {
		if a >= rune(t.Lo) && a <= rune(t.Hi) {
			return b >= rune(t.Lo) && (a-rune(t.Lo))/10 == (b-rune(t.Lo))/10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if a >= rune(t.Lo) && a <= rune(t.Hi) {
			return b >= rune(t.Lo) && (a-rune(t.Lo))/10 == (b-rune(t.Lo))/10
		}
	}
	return false
}

// twins maps letters to the Latin letter that they look like, after case folding. (From the confusables of
// Unicode Technical Standard 39, as far as whole names can be written in them.)
var twins = func() map[rune]rune {
	m := map[rune]rune{'ı': 'i', 'ɩ': 'i', 'ɑ': 'a', 'ɡ': 'g'}
	pairs := "аaвbеeкkмmнhоoрpсcтtуyхxіiїiјjѕsһhԁdԛqԝwьbгrпnзэ" + // Cyrillic
		"αaβbγyεeηnιiκkνvοoρpτtυuχxωwμu" + // Greek
		"օoսuհhոnցgզqյjւlլl" // Armenian
	runes := []rune(pairs)
	for i := 0; i+1 < len(runes); i += 2 {
		m[runes[i]] = runes[i+1]
	}
	return m
}()
