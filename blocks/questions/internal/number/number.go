// Package number reads numbers as people type them: with a point or a comma, with digits of other scripts, in powers of ten, as a
// fraction. It says how exactly a number was given.
package number

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// The errors of [Parse].
var (
	// ErrNone is a text that does not begin with a number.
	ErrNone = errors.New("it is no number")
	// ErrAmbiguous is a number that people read in two ways, such as 1.234 where a comma divides decimals.
	ErrAmbiguous = errors.New("it can be read in two ways")
	// ErrRange is a number that is too large to be reckoned with.
	ErrRange = errors.New("it is too large")
)

// Number is what was typed.
type Number struct {
	Value float64
	// Fewest and Most are how many significant figures it has: the zeros at the end of 1200 may be some or not. Both are 0 for a
	// fraction, which is exact.
	Fewest, Most int
	// Rest is what stands behind it, without spaces around: a unit.
	Rest string
}

// commas are the languages that divide decimals by a comma.
var commas = map[string]bool{}

func init() {
	for _, language := range strings.Fields("af az be bg bs ca cs da de el es et eu fi fr gl hr hu hy id is it ka kk lt lv mk nb nl nn no pl pt ro ru sk sl sq sr sv tr uk uz vi") {
		commas[language] = true
	}
}

// Comma reports whether a locale divides decimals by a comma.
func Comma(locale string) bool {
	language, _, _ := strings.Cut(strings.ToLower(locale), "-")
	return commas[language]
}

// maxText bounds what is read, in bytes.
const maxText = 200

// Parse reads a number at the beginning of a text as somebody with a locale writes it.
func Parse(text, locale string) (Number, error) {
	text = strings.TrimSpace(plain(text))
	if len(text) > maxText {
		return Number{}, ErrNone
	}
	comma := Comma(locale)
	n, rest, err := one(text, comma)
	if err != nil {
		return Number{}, err
	}
	if below, ok := strings.CutPrefix(strings.TrimSpace(rest), "/"); ok {
		below = strings.TrimSpace(below)
		if d, after, err := one(below, comma); err == nil && d.Value != 0 && below[0] != '+' && below[0] != '-' {
			n, rest = Number{Value: n.Value / d.Value}, after
		}
	}
	n.Rest = strings.TrimSpace(rest)
	if math.IsInf(n.Value, 0) || math.IsNaN(n.Value) {
		return Number{}, ErrRange
	}
	return n, nil
}

// plain gives a text with ASCII digits, signs and separators.
func plain(text string) string {
	text = strings.NewReplacer("−", "-", "–", "-", "٫", ".", "٬", "'", "’", "'", "×", "*", "·", "*", "⋅", "*", "\u00a0", " ", "\u202f", " ", "\u2009", " ").Replace(text)
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return '0' + r - '٠'
		case r >= '۰' && r <= '۹':
			return '0' + r - '۰'
		case r == '\u200e' || r == '\u200f' || r == '\u061c': // marks of direction
			return -1
		}
		return r
	}, text)
}

// one reads a signed decimal with its power of ten.
func one(text string, comma bool) (Number, string, error) {
	sign := ""
	if text != "" && (text[0] == '+' || text[0] == '-') {
		sign, text = strings.TrimPrefix(text[:1], "+"), strings.TrimLeft(text[1:], " ")
	}
	end := mantissaEnd(text)
	digits, err := decimal(text[:end], comma)
	if err != nil {
		return Number{}, "", err
	}
	power, rest := exponent(text[end:])
	value, err := strconv.ParseFloat(sign+digits+"e"+strconv.Itoa(power), 64)
	if err != nil {
		return Number{}, "", ErrRange
	}
	n := Number{Value: value}
	n.Fewest, n.Most = figures(digits)
	return n, rest, nil
}

// mantissaEnd is where digits, their separators and the spaces between groups of three end.
func mantissaEnd(text string) int {
	end := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c >= '0' && c <= '9':
			end = i + 1
		case c == '.' || c == ',':
			end = i + 1
			if i+1 >= len(text) || text[i+1] < '0' || text[i+1] > '9' {
				return end
			}
		case (c == ' ' || c == '\'') && end == i && i > 0 && group(text[i+1:]):
		default:
			return end
		}
	}
	return end
}

// group reports whether exactly three digits follow.
func group(text string) bool {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n == 3
}

// decimal gives a mantissa with a point and without groups.
func decimal(text string, comma bool) (string, error) {
	spaced := strings.ContainsAny(text, " '")
	text = strings.NewReplacer(" ", "", "'", "").Replace(text)
	points, commasIn := strings.Count(text, "."), strings.Count(text, ",")
	if !strings.ContainsAny(text, "0123456789") {
		return "", ErrNone
	}
	mark, other := ".", ","
	if comma {
		mark, other = ",", "."
	}
	switch {
	case points > 0 && commasIn > 0: // the last one divides the decimals, the other groups
		mark, other = ".", ","
		if strings.LastIndex(text, ",") > strings.LastIndex(text, ".") {
			mark, other = ",", "."
		}
		whole, part, _ := strings.Cut(text, mark)
		if strings.Contains(part, mark) || strings.Contains(part, other) || !groups(whole, other) {
			return "", ErrNone
		}
		return strings.ReplaceAll(whole, other, "") + "." + part, nil
	case strings.Count(text, other) > 1 && groups(text, other), strings.Count(text, mark) > 1 && groups(text, mark):
		return strings.NewReplacer(mark, "", other, "").Replace(text), nil
	case points+commasIn > 1:
		return "", ErrNone
	case strings.Contains(text, other) && groups(text, other) && !spaced:
		if other == "." {
			return "", ErrAmbiguous // 1.234: a thousand, or a little over one as everywhere in science
		}
		return strings.ReplaceAll(text, other, ""), nil
	}
	return strings.NewReplacer(",", ".").Replace(text), nil
}

// groups reports whether a number is divided into groups of three, the first of one to three digits and no zero.
func groups(text, by string) bool {
	parts := strings.Split(text, by)
	for i, part := range parts {
		if i > 0 && len(part) != 3 || i == 0 && (part == "" || len(part) > 3 || part[0] == '0') {
			return false
		}
	}
	return len(parts) > 1
}

var raised = strings.NewReplacer("⁰", "0", "¹", "1", "²", "2", "³", "3", "⁴", "4", "⁵", "5", "⁶", "6", "⁷", "7", "⁸", "8", "⁹", "9", "⁻", "-", "⁺", "+")

// exponent reads e5, *10^5 and *10⁵; 0 when there is none.
func exponent(text string) (power int, rest string) {
	after := strings.TrimLeft(text, " ")
	switch {
	case after != "" && (after[0] == 'e' || after[0] == 'E'):
		after = after[1:]
	case strings.HasPrefix(after, "*") || strings.HasPrefix(after, "x"):
		ten := strings.TrimLeft(after[1:], " ")
		if !strings.HasPrefix(ten, "10") {
			return 0, text
		}
		after = ten[2:]
		if up, ok := strings.CutPrefix(after, "^"); ok {
			after = strings.TrimLeft(up, " ({")
		} else if lifted := lift(after); lifted != "" {
			n, err := strconv.Atoi(raised.Replace(lifted))
			if err != nil || n > 400 || n < -400 {
				return 0, text
			}
			return n, after[len(lifted):]
		} else {
			return 1, after
		}
	default:
		return 0, text
	}
	end := 0
	for end < len(after) && (after[end] >= '0' && after[end] <= '9' || end == 0 && (after[end] == '-' || after[end] == '+')) {
		end++
	}
	n, err := strconv.Atoi(after[:end])
	if err != nil || n > 400 || n < -400 {
		return 0, text
	}
	return n, strings.TrimLeft(after[end:], ")}")
}

// lift is the part of a text in superscript.
func lift(text string) string {
	end := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", r) })
	if end < 0 {
		end = len(text)
	}
	return text[:end]
}

// figures counts significant figures.
func figures(digits string) (fewest, most int) {
	whole, part, point := strings.Cut(digits, ".")
	all := strings.TrimLeft(whole+part, "0")
	if all == "" { // nothing but zeros
		return max(1, len(part)), max(1, len(part))
	}
	most = len(all)
	if point {
		return most, most
	}
	return len(strings.TrimRight(all, "0")), most
}

// Blank reports whether a text holds nothing to read.
func Blank(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return !unicode.IsSpace(r) }) < 0
}
