package capa

import (
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/calc"
)

// interval is a range of numbers; its ends are formulas.
type interval struct {
	Low  string `json:"l"`
	High string `json:"h"`
	// Left and Right say whether the ends belong to it.
	Left  bool `json:"i,omitempty"`
	Right bool `json:"j,omitempty"`
}

// bounds are the parts of an interval as written. Open edX disregards ends behind the second.
type bounds struct {
	ends        []string
	left, right bool
}

// cutInterval splits "[a,b]", "(a,b]" and so on. What begins or ends otherwise is no interval, and neither is a formula in
// parentheses: (1+2)*(3+4).
func cutInterval(text string) (*bounds, bool) {
	if len(text) < 2 || !strings.ContainsRune("[(", rune(text[0])) || !strings.ContainsRune("])", rune(text[len(text)-1])) {
		return nil, false
	}
	if !strings.Contains(text, ",") && text[0] == '(' && text[len(text)-1] == ')' {
		return nil, false
	}
	return &bounds{strings.Split(text[1:len(text)-1], ","), text[0] == '[', text[len(text)-1] == ']'}, true
}

func (b *bounds) interval() *interval {
	return &interval{b.ends[0], b.ends[1], b.left, b.right}
}

// String is the interval as it is shown.
func (v *interval) String() string {
	open, end := "(", ")"
	if v.Left {
		open = "["
	}
	if v.Right {
		end = "]"
	}
	return open + v.Low + ", " + v.High + end
}

// ends are the values of the ends, which must be real.
func (v *interval) ends() (low, high calc.Value, _ *Failure) {
	low, failure := boundary(v.Low)
	if failure == nil {
		high, failure = boundary(v.High)
	}
	return low, high, failure
}

func boundary(text string) (calc.Value, *Failure) {
	b, err := calc.Staff(text)
	if err != nil {
		return b, ungradable("staff_answer")
	}
	if _, im := b.Parts(); im != 0 {
		return b, ungradable("staff_answer_complex")
	}
	if b.IsNaN() {
		return b, ungradable("staff_answer_empty")
	}
	return b, nil
}

// judge compares a value with the interval; near asks for the interval and near times its width on both sides.
func (v *interval) judge(given calc.Value, near float64) (right, beside bool, _ *Failure) {
	if given.IsComplex() {
		return false, false, &Failure{Outcome: Invalid, Message: message("complex_in_range")}
	}
	low, failure := boundary(v.Low)
	if failure != nil {
		return false, false, failure
	}
	if calc.WithinEpsilon(given, low) {
		return v.Left, false, nil
	}
	high, failure := boundary(v.High)
	if failure != nil {
		return false, false, failure
	}
	if calc.WithinEpsilon(given, high) {
		return v.Right, false, nil
	}
	l, _ := low.Parts()
	h, _ := high.Parts()
	x, _ := given.Parts()
	if l < x && x < h {
		return true, false, nil
	}
	width := h - l
	return false, near > 0 && l-near*width < x && x < h+near*width, nil
}

// inside are numbers to try that lie in the interval.
func (v *interval) inside() []string {
	low, high, failure := v.ends()
	if failure != nil {
		return nil
	}
	l, _ := low.Parts()
	h, _ := high.Parts()
	return []string{calc.Float(l + (h-l)/2).String(), low.Plain(), high.Plain(), calc.Float(l + 1).String(), calc.Float(h - 1).String()}
}
