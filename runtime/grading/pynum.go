package grading

import (
	"math"
	"strconv"
)

// Open edX computes and prints grades in Python; the functions of this file give its numbers and texts. Products stand in
// float64(...) wherever a sum follows: the compiler may otherwise fuse the two on some processors and round once instead
// of twice, and a grade would depend on the machine.

// percentText prints v as Python's "{:.0%}" (decimals 0) and "{:.2%}" (decimals 2) do: 0.125 is "12%" (half to even),
// 0.15 is "15.00%".
func percentText(v float64, decimals int) string {
	return strconv.FormatFloat(v*100, 'f', decimals, 64) + "%"
}

// pointsText prints v as Python's "{:.3n}" does in the C locale: three significant digits, no trailing zeros, an exponent
// from 1000 on. 13.75 is "13.8", 100 is "100", 1000 is "1e+03".
func pointsText(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }

// aroundHundredths rounds as numpy.around(v, 2): scale, round half to even, scale back. 0.505 is 0.5 (50.5 goes to 50),
// 0.285 is 0.28 (28.499999999999996).
func aroundHundredths(v float64) float64 { return math.RoundToEven(v*100) / 100 }

// roundHundredths rounds as Python's round(v, 2): the exact binary value to the nearest hundredth. 0.285 is 0.28 because
// its binary value lies below, 0.125 is 0.12 because that tie goes to even.
func roundHundredths(v float64) float64 {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'f', 2, 64), 64)
	if err != nil { // unreachable for finite numbers
		return v
	}
	return rounded
}

// roundAway rounds to a whole number, halves away from zero (Open edX: round_away_from_zero).
func roundAway(v float64) float64 {
	if v >= 0 {
		return math.Floor(v + 0.5)
	}
	return math.Ceil(v - 0.5)
}
