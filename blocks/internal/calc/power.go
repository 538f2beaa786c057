package calc

import (
	"math"
	"math/big"
)

func power(a, b Value) (Value, error) {
	array := a.array || b.array
	if a.kind == integer && b.kind == integer && (b.big == nil && b.i >= 0 || b.big != nil && b.big.Sign() > 0) {
		v, err := powerInt(a, b)
		return v.withArray(array), err
	}
	if !a.fits() || !b.fits() {
		return fail(Overflow)
	}
	if a.kind == complexNumber || b.kind == complexNumber {
		v, err := powerComplex(a, b, array)
		return v.withArray(array), err
	}
	x, y := a.real(), b.real()
	if array {
		return Float(math.Pow(x, y)).withArray(true), nil
	}
	switch {
	case x == 0 && y < 0:
		return fail(ZeroDivision)
	case x < 0 && !math.IsInf(x, 0) && !math.IsInf(y, 0) && y != math.Floor(y):
		return powerComplex(a, b, false)
	}
	z := math.Pow(x, y)
	if math.IsInf(z, 0) && !math.IsInf(x, 0) && !math.IsInf(y, 0) {
		return fail(Overflow)
	}
	return Float(z), nil
}

// powerInt is exact, for exponents of 0 and above.
func powerInt(a, b Value) (Value, error) {
	base := a.integer()
	switch {
	case b.isZero():
		return Int(1), nil
	case base.BitLen() <= 1: // -1, 0 and 1
		if a.i == -1 && b.integer().Bit(0) == 0 {
			return Int(1), nil
		}
		return a, nil
	case b.big != nil || b.i > maxBits || int64(base.BitLen()-1)*b.i > maxBits:
		return fail(Overflow)
	}
	return BigInt(new(big.Int).Exp(base, b.integer(), nil)), nil
}

// powerComplex multiplies for small whole exponents and takes logarithms for others, as Python does.
func powerComplex(a, b Value, array bool) (Value, error) {
	ar, ai := a.Parts()
	br, bi := b.Parts()
	switch {
	case bi == 0 && br == math.Floor(br) && math.Abs(br) <= 100:
		return powerWhole(ar, ai, int(br), array)
	case ar == 0 && ai == 0 && (bi != 0 || br < 0):
		if array {
			return Complex(math.NaN(), math.NaN()), nil
		}
		return fail(ZeroDivision)
	case ar == 0 && ai == 0:
		return Complex(0, 0), nil
	}
	size, angle := math.Hypot(ar, ai), math.Atan2(ai, ar)
	length, phase := math.Pow(size, br), angle*br
	if bi != 0 {
		length *= math.Exp(-angle * bi)
		phase += float64(bi * math.Log(size))
	}
	return finite(Complex(length*math.Cos(phase), length*math.Sin(phase)), a, b, array)
}

func powerWhole(re, im float64, n int, array bool) (Value, error) {
	rr, ri := 1.0, 0.0
	for bit, pr, pi := uint(max(n, -n)), re, im; bit > 0; bit >>= 1 {
		if bit&1 != 0 {
			rr, ri = mulComplex(rr, ri, pr, pi)
		}
		pr, pi = mulComplex(pr, pi, pr, pi)
	}
	if n < 0 {
		if rr == 0 && ri == 0 && !array {
			return fail(ZeroDivision)
		}
		rr, ri = divComplex(1, 0, rr, ri)
	}
	return finite(Complex(rr, ri), Complex(re, im), Int(int64(n)), array)
}

// finite refuses an infinite power of finite numbers, where Python's own arithmetic does.
func finite(v, a, b Value, array bool) (Value, error) {
	if v.IsInf() && !array && !a.IsInf() && !b.IsInf() {
		return fail(Overflow)
	}
	return v, nil
}
