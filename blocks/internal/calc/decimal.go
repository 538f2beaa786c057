package calc

import (
	"bytes"
	"math/big"
	"strconv"
)

// decimal is digits * 10**exp.
type decimal struct {
	digits *big.Int
	exp    int
}

// precision is that of Python's default decimal context, which rounds half to even.
const precision = 28

// decimalOf has the digits of the shortest text that reads back as f, which must be finite.
func decimalOf(f float64) decimal {
	var buffer [32]byte
	text := strconv.AppendFloat(buffer[:0], f, 'e', -1, 64)
	mantissa, exponent, _ := bytes.Cut(text, []byte("e"))
	exp, _ := strconv.Atoi(string(exponent))
	whole, fraction, _ := bytes.Cut(mantissa, []byte("."))
	digits, _ := strconv.ParseInt(string(whole)+string(fraction), 10, 64) // at most 17 digits
	return decimal{big.NewInt(digits), exp - len(fraction)}
}

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// minus is the difference, rounded to the context's precision.
func (d decimal) minus(e decimal) decimal {
	const apart = 3 * precision // beyond it the smaller one is lost to rounding
	switch {
	case e.digits.Sign() == 0:
		return d
	case d.digits.Sign() != 0 && d.exp > e.exp+apart:
		return d
	case d.digits.Sign() == 0 || e.exp > d.exp+apart:
		return decimal{new(big.Int).Neg(e.digits), e.exp}
	}
	exp := min(d.exp, e.exp)
	difference := new(big.Int).Sub(d.at(exp), e.at(exp))
	return decimal{difference, exp}.round()
}

// at are the digits for a smaller exponent.
func (d decimal) at(exp int) *big.Int {
	if d.exp == exp {
		return d.digits
	}
	return new(big.Int).Mul(d.digits, pow10(d.exp-exp))
}

func (d decimal) abs() decimal { return decimal{new(big.Int).Abs(d.digits), d.exp} }

func (d decimal) round() decimal {
	drop := len(new(big.Int).Abs(d.digits).String()) - precision
	if drop <= 0 {
		return d
	}
	unit := pow10(drop)
	quotient, rest := new(big.Int).QuoRem(d.digits, unit, new(big.Int))
	switch rest.Abs(rest).Lsh(rest, 1).Cmp(unit) {
	case 1:
		quotient.Add(quotient, big.NewInt(int64(d.digits.Sign())))
	case 0:
		if quotient.Bit(0) == 1 {
			quotient.Add(quotient, big.NewInt(int64(d.digits.Sign())))
		}
	}
	return decimal{quotient, d.exp + drop}
}

// atMost compares exactly; d is not negative.
func (d decimal) atMost(e decimal) bool {
	if d.digits.Sign() == 0 || e.digits.Sign() <= 0 {
		return d.digits.Sign() <= e.digits.Sign()
	}
	dTop, eTop := d.exp+len(d.digits.String()), e.exp+len(e.digits.String())
	if dTop != eTop {
		return dTop < eTop
	}
	exp := min(d.exp, e.exp)
	return d.at(exp).Cmp(e.at(exp)) <= 0
}
