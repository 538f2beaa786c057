package formula

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// phone is the breadth in em from which on a formula in a line may not fit a small phone's, so that it must scroll in itself.
const phone = 14

var (
	tags   = regexp.MustCompile(`<[^>]*>`)
	widths = regexp.MustCompile(`(?:width="|margin-left:|padding-left:)([0-9.]+)([a-z]*)`)
)

// breadth guesses how wide a formula is, in em: a letter is about 0.6, and spaces say their own. What is told in odd units
// counts as broad.
func breadth(math string) float64 {
	drawn, _, _ := strings.Cut(math, "<annotation")
	sum := 0.6 * float64(utf8.RuneCountInString(tags.ReplaceAllString(drawn, "")))
	for _, match := range widths.FindAllStringSubmatch(drawn, -1) {
		width, err := strconv.ParseFloat(match[1], 64)
		switch {
		case err != nil || width == 0:
		case match[2] == "em":
			sum += width
		case match[2] == "pt":
			sum += width / 12
		default:
			sum += phone
		}
	}
	return sum
}
