package calc

import (
	"math"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/pystr"
)

// Staff is the value of an answer that an author wrote: a number as Python's complex() reads it (so 1+2j and inf count),
// else a formula. Plain numbers are floats, not exact integers.
func Staff(text string) (Value, error) {
	if v, ok := pythonComplex(text); ok {
		return v, nil
	}
	return Evaluate(text, Env{})
}

// pythonComplex reads what complex() does: a real number, or a real and an imaginary part with j behind, in parentheses
// or not, white space around.
func pythonComplex(text string) (Value, bool) {
	text = pystr.Strip(text)
	if inner, ok := strings.CutPrefix(text, "("); ok {
		if inner, ok = strings.CutSuffix(inner, ")"); !ok {
			return Value{}, false
		}
		text = pystr.Strip(inner)
	}
	if text == "" {
		return Value{}, false
	}
	rest, imaginary := strings.CutSuffix(strings.ReplaceAll(text, "J", "j"), "j")
	if !imaginary {
		re, ok := pythonFloat(text)
		return Complex(re, 0), ok
	}
	split := splitParts(rest)
	re, ok := 0.0, true
	if split > 0 {
		re, ok = pythonFloat(rest[:split])
	}
	im, okIm := imaginaryPart(rest[split:])
	return Complex(re, im), ok && okIm
}

// splitParts is where the imaginary part's sign stands, 0 when there is no real part.
func splitParts(text string) int {
	for i := len(text) - 1; i > 0; i-- {
		if (text[i] == '+' || text[i] == '-') && text[i-1]|0x20 != 'e' {
			return i
		}
	}
	return 0
}

func imaginaryPart(text string) (float64, bool) {
	switch text {
	case "", "+":
		return 1, true
	case "-":
		return -1, true
	}
	return pythonFloat(text)
}

// pythonFloat reads what float() does, without white space: digits with single underscores between, inf and nan.
func pythonFloat(text string) (float64, bool) {
	if strings.ContainsAny(text, "xXpP") {
		return 0, false // Go's hexadecimal floats
	}
	f, err := strconv.ParseFloat(withoutUnderscores(text), 64)
	if err == nil {
		return f, true
	}
	return f, math.IsInf(f, 0)
}

// withoutUnderscores drops underscores that stand between two digits.
func withoutUnderscores(text string) string {
	if !strings.Contains(text, "_") {
		return text
	}
	b := make([]byte, 0, len(text))
	for i := range len(text) {
		between := i > 0 && i+1 < len(text) && isDigit(text[i-1]) && isDigit(text[i+1])
		if text[i] != '_' || !between {
			b = append(b, text[i])
		}
	}
	return string(b)
}
