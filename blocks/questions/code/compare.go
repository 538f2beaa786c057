package code

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// How outputs are compared.
const (
	compareTrim    = "trim"
	compareExact   = "exact"
	compareNumbers = "numbers"
	compareRows    = "rows"
)

// same compares what a program gave with what is expected.
func same(how, got, want string) bool {
	switch how {
	case compareExact:
		// A text field and print differ by a line's end, which nobody sees.
		return strings.TrimSuffix(plain(got), "\n") == strings.TrimSuffix(plain(want), "\n")
	case compareNumbers:
		return near(got, want)
	case compareRows:
		a, b := lines(got), lines(want)
		slices.Sort(a)
		slices.Sort(b)
		return slices.Equal(a, b)
	}
	return slices.Equal(lines(got), lines(want))
}

// lines are those of a text, without spaces at their ends and without empty ones at the end.
func lines(text string) []string {
	all := strings.Split(plain(text), "\n")
	for i := range all {
		all[i] = strings.TrimRight(all[i], " \t\r")
	}
	for len(all) > 0 && all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	return all
}

// near compares texts whose numbers may differ by a millionth, or by a billionth near zero. Spaces divide and do not count
// otherwise.
func near(got, want string) bool {
	a, b := pieces(got), pieces(want)
	return slices.EqualFunc(a, b, func(x, y string) bool {
		if x == y {
			return true
		}
		m, errM := strconv.ParseFloat(x, 64)
		n, errN := strconv.ParseFloat(y, 64)
		return errM == nil && errN == nil && math.Abs(m-n) <= max(1e-9, 1e-6*math.Abs(n))
	})
}

// pieces divides a text into numbers, words and single signs.
func pieces(text string) []string {
	var all []string
	for len(text) > 0 {
		n := number(text)
		if n == 0 {
			n = word(text)
		}
		if piece := text[:n]; strings.TrimSpace(piece) != "" {
			all = append(all, piece)
		}
		text = text[n:]
	}
	return all
}

// number is how long the number is that a text begins with, 0 when there is none.
func number(text string) int {
	at := 0
	digits := func() int {
		from := at
		for at < len(text) && text[at] >= '0' && text[at] <= '9' {
			at++
		}
		return at - from
	}
	if at < len(text) && (text[at] == '-' || text[at] == '+') {
		at++
	}
	whole := digits()
	fraction := 0
	if at < len(text) && text[at] == '.' {
		at++
		fraction = digits()
	}
	if whole+fraction == 0 {
		return 0
	}
	end := at
	if at < len(text) && (text[at] == 'e' || text[at] == 'E') {
		at++
		if at < len(text) && (text[at] == '-' || text[at] == '+') {
			at++
		}
		if digits() > 0 {
			end = at
		}
	}
	return end
}

// word is how long the word is that a text begins with; any sign that is in no word is one of its own.
func word(text string) int {
	for i, r := range text {
		if r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127 || i > 0 && r >= '0' && r <= '9' {
			continue
		}
		if i == 0 {
			return len(string(r))
		}
		return i
	}
	return len(text)
}

// Bounds of a comparison by lines, which is made for the eye.
const maxDiff = 200

// The kinds of lines in a comparison.
const (
	lineSame    = "same"
	lineMissing = "missing" // expected, and not there
	lineExtra   = "extra"   // there, and not expected
)

type diffLine struct{ kind, text string }

// diff compares by lines: what a learner has to add and to take away. It looks at the first lines only.
func diff(got, want string) []diffLine {
	a, b := lines(got), lines(want)
	a, b = a[:min(len(a), maxDiff)], b[:min(len(b), maxDiff)]
	// common[i][j] is how many lines a[i:] and b[j:] have in common.
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var all []diffLine
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			all = append(all, diffLine{lineSame, a[i]})
			i, j = i+1, j+1
		case j < len(b) && (i == len(a) || common[i][j+1] >= common[i+1][j]):
			all = append(all, diffLine{lineMissing, b[j]})
			j++
		default:
			all = append(all, diffLine{lineExtra, a[i]})
			i++
		}
	}
	return all
}

// spacesOnly reports whether texts differ in nothing but spaces and empty lines.
func spacesOnly(got, want string) bool {
	return strings.Join(strings.Fields(got), "") == strings.Join(strings.Fields(want), "")
}
