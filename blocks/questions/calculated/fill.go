package calculated

import (
	"math"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/questions/internal/formula"
)

// fill puts a variant's numbers into a text: {a} is a variable, {=a*b} what a formula is worth, {=a/b:2} the same with two
// decimals. What is neither stays as it is. In formulas of TeX the braces stay, which hold numbers of several digits together.
func (d *drawn) fill(text string) string {
	var b strings.Builder
	tex := false
	for text != "" {
		at := strings.IndexAny(text, `{\`)
		if at < 0 {
			break
		}
		b.WriteString(text[:at])
		text = text[at:]
		if text[0] == '\\' {
			if len(text) > 1 {
				tex = tex && text[1] != ')' && text[1] != ']' || text[1] == '(' || text[1] == '['
			}
			n := min(2, len(text))
			b.WriteString(text[:n])
			text = text[n:]
			continue
		}
		inside, rest, closed := strings.Cut(text[1:], "}")
		value, ok := "", false
		if closed {
			value, ok = d.value(inside)
		}
		if !ok {
			b.WriteByte('{')
			text = text[1:]
			continue
		}
		if tex {
			value = "{" + value + "}"
		}
		b.WriteString(value)
		text = rest
	}
	b.WriteString(text)
	return b.String()
}

// value is what stands between braces, as a number.
func (d *drawn) value(inside string) (string, bool) {
	expression, computed := strings.CutPrefix(inside, "=")
	if !computed {
		for i, name := range d.names {
			if name == formula.Name(inside) {
				return number(d.values[i], -1), true
			}
		}
		return "", false
	}
	decimals := -1
	if at := strings.LastIndexByte(expression, ':'); at >= 0 {
		n, err := strconv.Atoi(strings.TrimSpace(expression[at+1:]))
		if err != nil || n < 0 || n > 15 {
			return "", false
		}
		expression, decimals = expression[:at], n
	}
	e, err := (&program{names: d.names}).parse(strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(expression))
	if err != nil {
		return "", false
	}
	value, err := formula.Value(e, d.names, d.values)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
		return "", false
	}
	return number(value, decimals), true
}

// number writes a number; decimals below 0 are as many as it has.
func number(value float64, decimals int) string {
	switch size := math.Abs(value); {
	case decimals >= 0 && size < 1e15:
		text := strconv.FormatFloat(value, 'f', decimals, 64)
		if strings.Trim(text, "-0.") == "" {
			text = strings.TrimPrefix(text, "-")
		}
		return text
	case value == 0:
		return "0"
	case size >= 1e-6 && size < 1e15:
		return strconv.FormatFloat(tidy(value), 'f', -1, 64)
	}
	return strconv.FormatFloat(value, 'g', 6, 64)
}
