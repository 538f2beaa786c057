package calc

import (
	"math"
	"strings"
)

// DefaultTolerance is used where an author gives none. It alone is relative to the larger of both values.
const DefaultTolerance = "0.001%"

// Tolerance is how far two values may be apart. The zero value asks for equality.
type Tolerance struct {
	// Amount is absolute, unless Percent or Relative says otherwise.
	Amount float64
	// Percent makes Amount a share (0.01 is 1 %) of the staff's value.
	Percent bool
	// Relative makes Amount a share of the larger value.
	Relative bool
}

// ParseTolerance reads an author's tolerance: a formula, with a percent sign behind for a share of the staff's value.
func ParseTolerance(text string) (Tolerance, error) {
	rest, percent := strings.CutSuffix(text, "%")
	v, err := Evaluate(rest, Env{})
	if err != nil {
		return Tolerance{}, err
	}
	if v.IsComplex() || v.IsNaN() {
		return Tolerance{}, &Error{Code: Type}
	}
	t := Tolerance{Amount: v.real(), Percent: percent, Relative: text == DefaultTolerance}
	if percent {
		t.Amount *= 0.01
	}
	return t, nil
}

// Scaled is the tolerance times a factor.
func (t Tolerance) Scaled(factor float64) Tolerance {
	t.Amount *= factor
	t.Relative = t.Relative && factor == 1
	return t
}

// Within reports whether a student's value is near enough to the staff's. Infinite values only equal themselves, NaN
// equals nothing. Real values are compared as decimals of their shortest text, so that 0.1 is 0.1.
func Within(student, staff Value, t Tolerance) bool {
	amount := t.Amount
	switch {
	case t.Relative:
		amount *= math.Max(student.Abs(), staff.Abs())
	case t.Percent:
		amount *= staff.Abs()
	}
	if student.IsInf() || staff.IsInf() {
		return Equal(student, staff)
	}
	sr, si := student.Parts()
	tr, ti := staff.Parts()
	if si != 0 || ti != 0 {
		return math.Hypot(sr-tr, si-ti) <= amount
	}
	if math.IsNaN(sr) || math.IsNaN(tr) || math.IsNaN(amount) {
		return false
	}
	return withinDecimal(sr, tr, amount)
}

// WithinEpsilon reports whether two values are the same up to the rounding of floats, as the ends of intervals are
// compared.
func WithinEpsilon(student, staff Value) bool {
	return Within(student, staff, Tolerance{Amount: 0x1p-52, Relative: true})
}

// withinDecimal is |a-b| <= amount in Python's decimals of 28 digits.
func withinDecimal(a, b, amount float64) bool {
	if math.IsInf(amount, 0) {
		return amount > 0
	}
	distance := math.Abs(a - b)
	slack := 0x1p-50 * math.Max(math.Abs(a), math.Abs(b))
	switch {
	case distance+slack < amount:
		return true
	case distance-slack > amount:
		return false
	}
	return decimalOf(a).minus(decimalOf(b)).abs().atMost(decimalOf(amount))
}
