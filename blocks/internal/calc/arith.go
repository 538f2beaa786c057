package calc

import (
	"math"
	"math/big"
	"math/bits"
)

func add(a, b Value) (Value, error) {
	array := a.array || b.array
	if a.kind == integer && b.kind == integer {
		return addInt(a, b).withArray(array), nil
	}
	if !a.fits() || !b.fits() {
		return fail(Overflow)
	}
	if a.kind == complexNumber || b.kind == complexNumber {
		return Complex(a.real()+b.real(), a.im+b.im).withArray(array), nil
	}
	return Float(a.real() + b.real()).withArray(array), nil
}

func addInt(a, b Value) Value {
	if a.big == nil && b.big == nil {
		if sum := a.i + b.i; (sum > a.i) == (b.i > 0) {
			return Int(sum)
		}
	}
	return BigInt(new(big.Int).Add(a.integer(), b.integer()))
}

func neg(a Value) Value {
	switch {
	case a.kind != integer:
		a.re, a.im = -a.re, -a.im
	case a.big != nil || a.i == math.MinInt64:
		return BigInt(new(big.Int).Neg(a.integer())).withArray(a.array)
	default:
		a.i = -a.i
	}
	return a
}

// sub keeps 0 - 0.0 at 0.0 and the sign of a missing imaginary part at plus, as Python does.
func sub(a, b Value) (Value, error) {
	if a.kind == complexNumber || b.kind == complexNumber {
		if !a.fits() || !b.fits() {
			return fail(Overflow)
		}
		return Complex(a.real()-b.real(), a.im-b.im).withArray(a.array || b.array), nil
	}
	return add(a, neg(b))
}

func mul(a, b Value) (Value, error) {
	array := a.array || b.array
	if a.kind == integer && b.kind == integer {
		product, err := mulInt(a, b)
		return product.withArray(array), err
	}
	if !a.fits() || !b.fits() {
		return fail(Overflow)
	}
	if a.kind == complexNumber || b.kind == complexNumber {
		re, im := mulComplex(a.real(), a.im, b.real(), b.im)
		return Complex(re, im).withArray(array), nil
	}
	return Float(a.real() * b.real()).withArray(array), nil
}

func mulInt(a, b Value) (Value, error) {
	if a.big == nil && b.big == nil {
		hi, lo := bits.Mul64(magnitude(a.i), magnitude(b.i))
		if hi == 0 && lo <= math.MaxInt64 {
			return Int(a.i * b.i), nil
		}
	}
	x, y := a.integer(), b.integer()
	if x.BitLen()+y.BitLen() > maxBits {
		return fail(Overflow)
	}
	return BigInt(new(big.Int).Mul(x, y)), nil
}

func magnitude(i int64) uint64 {
	if i < 0 {
		return -uint64(i)
	}
	return uint64(i)
}

// mulComplex rounds each product, so that no machine fuses it with the sum.
func mulComplex(ar, ai, br, bi float64) (re, im float64) {
	return float64(ar*br) - float64(ai*bi), float64(ar*bi) + float64(ai*br)
}

func div(a, b Value) (Value, error) {
	array := a.array || b.array
	if b.isZero() && !array {
		return fail(ZeroDivision)
	}
	if !a.fits() || !b.fits() {
		return divHuge(a, b)
	}
	if a.kind == complexNumber || b.kind == complexNumber {
		re, im := divComplex(a.real(), a.im, b.real(), b.im)
		return Complex(re, im).withArray(array), nil
	}
	if a.kind == integer && b.kind == integer && (!exact(a) || !exact(b)) {
		f, _ := new(big.Rat).SetFrac(a.integer(), b.integer()).Float64()
		return Float(f).withArray(array), nil
	}
	return Float(a.real() / b.real()).withArray(array), nil
}

// divHuge divides where an operand is an integer beyond floats; the quotient of two such may be small.
func divHuge(a, b Value) (Value, error) {
	if a.kind != integer || b.kind != integer || b.isZero() {
		return fail(Overflow)
	}
	f, _ := new(big.Rat).SetFrac(a.integer(), b.integer()).Float64()
	if math.IsInf(f, 0) {
		return fail(Overflow)
	}
	return Float(f), nil
}

// exact reports whether an integer is a float without rounding for certain, or there is no other way than to divide.
func exact(v Value) bool { return v.big == nil && magnitude(v.i) <= 1<<53 || v.isZero() }

// divComplex is Smith's method, which Python and numpy share.
func divComplex(ar, ai, br, bi float64) (re, im float64) {
	switch {
	case br == 0 && bi == 0:
		return ar / math.Abs(br), ai / math.Abs(br)
	case math.Abs(br) >= math.Abs(bi):
		ratio := bi / br
		scale := br + float64(bi*ratio)
		return (ar + float64(ai*ratio)) / scale, (ai - float64(ar*ratio)) / scale
	case math.Abs(bi) >= math.Abs(br):
		ratio := br / bi
		scale := float64(br*ratio) + bi
		return (float64(ar*ratio) + ai) / scale, (float64(ai*ratio) - ar) / scale
	}
	return math.NaN(), math.NaN()
}

// parallel is the resistance of resistors side by side; NaN when one of them is 0.
func parallel(values []Value) (Value, error) {
	sum := Int(0)
	for _, v := range values {
		if v.isZero() {
			return Float(math.NaN()), nil
		}
	}
	for _, v := range values {
		reciprocal, err := div(Float(1), v)
		if err != nil {
			return Value{}, err
		}
		if sum, err = add(sum, reciprocal); err != nil {
			return Value{}, err
		}
	}
	return div(Float(1), sum)
}
