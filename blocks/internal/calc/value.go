package calc

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// maxBits bounds exact integers, so that 9^9^9 costs nothing. Nothing above 2**1024 can be compared anyway.
const maxBits = 1 << 14

type kind uint8

const (
	integer kind = iota
	float
	complexNumber
)

// Value is a number as Python's arithmetic has it: an exact integer, a float or a complex number. The zero value is 0.
type Value struct {
	kind kind
	// array marks what numpy computed: dividing by zero no longer fails.
	array  bool
	i      int64
	big    *big.Int // set when the integer does not fit in i
	re, im float64
}

// Int is an exact integer.
func Int(i int64) Value { return Value{i: i} }

// BigInt is an exact integer of any size.
func BigInt(b *big.Int) Value {
	if b.IsInt64() {
		return Int(b.Int64())
	}
	return Value{big: b}
}

// Float is a real number.
func Float(f float64) Value { return Value{kind: float, re: f} }

// Complex is a complex number, even when its imaginary part is 0.
func Complex(re, im float64) Value { return Value{kind: complexNumber, re: re, im: im} }

// IsInt reports whether the value is an exact integer.
func (v Value) IsInt() bool { return v.kind == integer }

// IsComplex reports whether the value is of the complex kind, whatever its imaginary part.
func (v Value) IsComplex() bool { return v.kind == complexNumber }

// Parts are the real and imaginary part. Integers beyond the range of floats are infinite.
func (v Value) Parts() (re, im float64) {
	if v.kind == integer {
		return v.real(), 0
	}
	return v.re, v.im
}

// IsNaN reports whether a part is not a number.
func (v Value) IsNaN() bool { return v.kind != integer && (math.IsNaN(v.re) || math.IsNaN(v.im)) }

// IsInf reports whether a part is infinite, or an integer is too large to be a float.
func (v Value) IsInf() bool {
	re, im := v.Parts()
	return math.IsInf(re, 0) || math.IsInf(im, 0)
}

// Abs is the absolute value.
func (v Value) Abs() float64 {
	re, im := v.Parts()
	if im == 0 {
		return math.Abs(re)
	}
	return math.Hypot(re, im)
}

// String is the number in digits that calc reads back, for real numbers; complex ones read re+im*i.
func (v Value) String() string {
	switch {
	case v.big != nil:
		return v.big.String()
	case v.kind == integer:
		return strconv.FormatInt(v.i, 10)
	case v.kind == float:
		return strconv.FormatFloat(v.re, 'g', -1, 64)
	}
	im := strconv.FormatFloat(v.im, 'g', -1, 64)
	if im[0] != '-' && im[0] != '+' {
		im = "+" + im
	}
	return strconv.FormatFloat(v.re, 'g', -1, 64) + im + "*i"
}

// Plain is the number as a learner would type it: a complex number without imaginary part is a real one, and infinity is
// a number beyond floats. NaN has no such text.
func (v Value) Plain() string {
	if v.kind == complexNumber && v.im == 0 {
		v = Float(v.re)
	}
	if v.kind == float && math.IsInf(v.re, 0) {
		return strings.Replace(v.String(), "Inf", "1e999", 1)
	}
	return v.String()
}

// real is the real part; integers are rounded to the nearest float.
func (v Value) real() float64 {
	switch {
	case v.big != nil:
		f, _ := new(big.Float).SetInt(v.big).Float64()
		return f
	case v.kind == integer:
		return float64(v.i)
	}
	return v.re
}

// fits reports whether the value can become a float. Python refuses to convert larger integers.
func (v Value) fits() bool { return v.big == nil || !math.IsInf(v.real(), 0) }

func (v Value) integer() *big.Int {
	if v.big != nil {
		return v.big
	}
	return big.NewInt(v.i)
}

func (v Value) isZero() bool {
	if v.kind == integer {
		return v.big == nil && v.i == 0
	}
	return v.re == 0 && v.im == 0
}

func (v Value) withArray(array bool) Value {
	v.array = array
	return v
}

// Equal is Python's ==, except that an integer equals the float nearest to it.
func Equal(a, b Value) bool {
	if a.kind == integer && b.kind == integer {
		return a.i == b.i && (a.big == nil) == (b.big == nil) && (a.big == nil || a.big.Cmp(b.big) == 0)
	}
	ar, ai := a.Parts()
	br, bi := b.Parts()
	return ar == br && ai == bi
}
