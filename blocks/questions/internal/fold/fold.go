// Package fold says which differences between two typed texts do not count.
package fold

import (
	"strings"
	"unicode"
)

// Rules say which differences between two answers do not count.
type Rules struct {
	Case  bool `json:"c,omitempty"`
	Marks bool `json:"m,omitempty"`
}

// Fold gives a text without the differences that do not count. White space at the ends and repeated never counts.
func (f Rules) Fold(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	// What word processors make of quotes and dashes is not the learner's.
	text = strings.NewReplacer("‘", "'", "’", "'", "“", `"`, "”", `"`, "–", "-", "‐", "-", "‑", "-").Replace(text)
	if f.Marks {
		text = Unmarked(text)
	}
	if f.Case {
		text = strings.ToLower(strings.ToUpper(text))
	}
	return text
}

// plain are letters with marks that have a code of their own, each group behind the letter without.
var plain = func() map[rune]rune {
	letters := map[rune]rune{}
	for _, group := range []string{
		"aàáâãäåāăą", "cçćĉċč", "dďđ", "eèéêëēĕėęě", "gĝğġģ", "hĥħ", "iìíîïĩīĭįı", "jĵ", "kķ", "lĺļľł", "nñńņň", "oòóôõöøōŏő",
		"rŕŗř", "sśŝşš", "tţťŧț", "uùúûüũūŭůűų", "wŵ", "yýÿŷ", "zźżž", "اأإآٱ", "هة", "يى",
	} {
		runes := []rune(group)
		for _, r := range runes[1:] {
			letters[r] = runes[0]
			if upper := unicode.ToUpper(r); upper != r {
				letters[upper] = unicode.ToUpper(runes[0])
			}
		}
	}
	return letters
}()

// Unmarked leaves out accents and vowel marks.
func Unmarked(text string) string {
	return strings.Map(func(r rune) rune {
		if bare, ok := plain[r]; ok {
			return bare
		}
		if unicode.Is(unicode.Mn, r) || r == 'ـ' {
			return -1
		}
		return r
	}, text)
}

// Near reports whether two texts differ by a slip of the pen: one letter, or two in words of eight letters and more; two
// neighbours that changed places are one.
func Near(a, b string) bool {
	x, y := []rune(a), []rune(b)
	most := 1
	if len(y) >= 8 {
		most = 2
	}
	if len(y) < 4 || len(x)-len(y) > most || len(y)-len(x) > most {
		return false
	}
	return distance(x, y) <= most
}

// distance counts the letters to put in, take out, change or swap with a neighbour.
func distance(x, y []rune) int {
	before, last, now := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for k := range last {
		last[k] = k
	}
	for i := range x {
		now[0] = i + 1
		for k := range y {
			cost := 1
			if x[i] == y[k] {
				cost = 0
			}
			now[k+1] = min(last[k]+cost, last[k+1]+1, now[k]+1)
			if i > 0 && k > 0 && x[i] == y[k-1] && x[i-1] == y[k] {
				now[k+1] = min(now[k+1], before[k-1]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(y)]
}
