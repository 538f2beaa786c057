// Package units knows units of measurement: what they are worth in the base units of the SI, and which of them measure the same.
package units

import (
	"errors"
	"math"
	"strings"
	"unicode"
)

// Dimension are the powers of the base units: m, kg, s, A, K, mol, cd, rad.
type Dimension [8]int8

// Unit is a unit as somebody wrote it: Factor of the base units of its dimension.
type Unit struct {
	Factor float64
	Dim    Dimension
	// Offset is what is added before Factor counts, for degrees Celsius and Fahrenheit alone.
	Offset float64
}

// Same reports whether two units measure the same thing.
func (u Unit) Same(v Unit) bool { return u.Dim == v.Dim }

// To gives a value in this unit as one in another that measures the same.
func (u Unit) To(v Unit, value float64) float64 { return (value+u.Offset)*u.Factor/v.Factor - v.Offset }

// ErrUnknown is a text that is no unit known here.
var ErrUnknown = errors.New("this unit is not known")

const (
	maxText  = 100
	maxPower = 12
)

var (
	length      = Dimension{1}
	mass        = Dimension{0, 1}
	duration    = Dimension{0, 0, 1}
	temperature = Dimension{0, 0, 0, 0, 1}
	angle       = Dimension{0, 0, 0, 0, 0, 0, 0, 1}
	force       = Dimension{1, 1, -2}
	energy      = Dimension{2, 1, -2}
	power       = Dimension{2, 1, -3}
	pressure    = Dimension{-1, 1, -2}
	volume      = Dimension{3}
	area        = Dimension{2}
	none        = Dimension{}
)

// metric are the units that take prefixes; others are those that do not.
var metric = map[string]Unit{
	"m": {Factor: 1, Dim: length}, "g": {Factor: 1e-3, Dim: mass}, "s": {Factor: 1, Dim: duration},
	"A": {Factor: 1, Dim: Dimension{0, 0, 0, 1}}, "K": {Factor: 1, Dim: temperature}, "mol": {Factor: 1, Dim: Dimension{0, 0, 0, 0, 0, 1}},
	"cd": {Factor: 1, Dim: Dimension{0, 0, 0, 0, 0, 0, 1}}, "rad": {Factor: 1, Dim: angle},
	"Hz": {Factor: 1, Dim: Dimension{0, 0, -1}}, "N": {Factor: 1, Dim: force}, "Pa": {Factor: 1, Dim: pressure}, "J": {Factor: 1, Dim: energy},
	"W": {Factor: 1, Dim: power}, "C": {Factor: 1, Dim: Dimension{0, 0, 1, 1}}, "V": {Factor: 1, Dim: Dimension{2, 1, -3, -1}},
	"F": {Factor: 1, Dim: Dimension{-2, -1, 4, 2}}, "Ω": {Factor: 1, Dim: Dimension{2, 1, -3, -2}}, "ohm": {Factor: 1, Dim: Dimension{2, 1, -3, -2}},
	"S": {Factor: 1, Dim: Dimension{-2, -1, 3, 2}}, "Wb": {Factor: 1, Dim: Dimension{2, 1, -2, -1}}, "T": {Factor: 1, Dim: Dimension{0, 1, -2, -1}},
	"H": {Factor: 1, Dim: Dimension{2, 1, -2, -2}}, "lm": {Factor: 1, Dim: Dimension{0, 0, 0, 0, 0, 0, 1}}, "lx": {Factor: 1, Dim: Dimension{-2, 0, 0, 0, 0, 0, 1}},
	"Bq": {Factor: 1, Dim: Dimension{0, 0, -1}}, "Gy": {Factor: 1, Dim: Dimension{2, 0, -2}}, "Sv": {Factor: 1, Dim: Dimension{2, 0, -2}},
	"L": {Factor: 1e-3, Dim: volume}, "l": {Factor: 1e-3, Dim: volume}, "t": {Factor: 1e3, Dim: mass}, "eV": {Factor: 1.602176634e-19, Dim: energy},
	"bar": {Factor: 1e5, Dim: pressure}, "cal": {Factor: 4.184, Dim: energy}, "M": {Factor: 1e3, Dim: Dimension{-3, 0, 0, 0, 0, 1}},
	"Wh": {Factor: 3600, Dim: energy}, "pc": {Factor: 3.0856775814913673e16, Dim: length}, "u": {Factor: 1.66053906660e-27, Dim: mass},
}

var others = map[string]Unit{
	"min": {Factor: 60, Dim: duration}, "h": {Factor: 3600, Dim: duration}, "d": {Factor: 86400, Dim: duration}, "a": {Factor: 31557600, Dim: duration},
	"°": {Factor: math.Pi / 180, Dim: angle}, "deg": {Factor: math.Pi / 180, Dim: angle}, "%": {Factor: 0.01, Dim: none}, "1": {Factor: 1, Dim: none},
	"ppm": {Factor: 1e-6, Dim: none}, "‰": {Factor: 1e-3, Dim: none},
	"°C": {Factor: 1, Dim: temperature, Offset: 273.15}, "°F": {Factor: 5.0 / 9, Dim: temperature, Offset: 459.67},
	"ha": {Factor: 1e4, Dim: area}, "atm": {Factor: 101325, Dim: pressure}, "mmHg": {Factor: 133.322387415, Dim: pressure}, "psi": {Factor: 6894.757293168, Dim: pressure},
	"in": {Factor: 0.0254, Dim: length}, "ft": {Factor: 0.3048, Dim: length}, "yd": {Factor: 0.9144, Dim: length}, "mi": {Factor: 1609.344, Dim: length},
	"nmi": {Factor: 1852, Dim: length}, "kn": {Factor: 1852.0 / 3600, Dim: Dimension{1, 0, -1}}, "ly": {Factor: 9460730472580800, Dim: length},
	"au": {Factor: 149597870700, Dim: length}, "AU": {Factor: 149597870700, Dim: length}, "Å": {Factor: 1e-10, Dim: length},
	"lb": {Factor: 0.45359237, Dim: mass}, "oz": {Factor: 0.028349523125, Dim: mass}, "lbf": {Factor: 4.4482216152605, Dim: force},
	"hp": {Factor: 745.6998715822702, Dim: power}, "mph": {Factor: 0.44704, Dim: Dimension{1, 0, -1}}, "km/h": {Factor: 1 / 3.6, Dim: Dimension{1, 0, -1}},
	"gal": {Factor: 3.785411784e-3, Dim: volume}, "rpm": {Factor: 1.0 / 60, Dim: Dimension{0, 0, -1}},
}

var prefixes = map[string]float64{
	"q": 1e-30, "r": 1e-27, "y": 1e-24, "z": 1e-21, "a": 1e-18, "f": 1e-15, "p": 1e-12, "n": 1e-9, "µ": 1e-6, "μ": 1e-6, "u": 1e-6, "m": 1e-3, "c": 1e-2, "d": 1e-1,
	"da": 1e1, "h": 1e2, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18, "Z": 1e21, "Y": 1e24, "R": 1e27, "Q": 1e30,
}

// Parse reads a unit such as "km/h", "kg·m/s^2", "m s⁻¹" or "°C"; "" is a bare number.
func Parse(text string) (Unit, error) {
	text = strings.TrimSpace(text)
	u := Unit{Factor: 1}
	if text == "" {
		return u, nil
	}
	if len(text) > maxText {
		return u, ErrUnknown
	}
	if known, ok := named(text); ok { // alone, degrees are a scale; in products they are differences
		return known, nil
	}
	text = strings.NewReplacer("·", "*", "⋅", "*", "×", "*", "**", "^", "−", "-").Replace(text)
	below := false
	for _, r := range parts(text) {
		switch r {
		case "*":
			continue
		case "/":
			if below {
				return u, ErrUnknown // m/s/s is written m/s^2
			}
			below = true
			continue
		case "(", ")":
			continue
		}
		if err := u.times(r, below); err != nil {
			return u, err
		}
	}
	return u, nil
}

// parts divides a product into names with their powers, and the signs between them.
func parts(text string) []string {
	return strings.Fields(strings.NewReplacer("*", " * ", "/", " / ", "(", " ( ", ")", " ) ", "^ ", "^", " ^", "^").Replace(text))
}

// times takes one part of a product in.
func (u *Unit) times(part string, below bool) error {
	name, power, ok := powered(part)
	if !ok {
		return ErrUnknown
	}
	one, ok := named(name)
	if !ok {
		return ErrUnknown
	}
	if below {
		power = -power
	}
	u.Factor *= math.Pow(one.Factor, float64(power))
	for i := range u.Dim {
		sum := int(u.Dim[i]) + int(one.Dim[i])*power
		if sum > 100 || sum < -100 {
			return ErrUnknown
		}
		u.Dim[i] = int8(sum)
	}
	return nil
}

var lowered = strings.NewReplacer("⁰", "0", "¹", "1", "²", "2", "³", "3", "⁴", "4", "⁵", "5", "⁶", "6", "⁷", "7", "⁸", "8", "⁹", "9", "⁻", "-")

// powered divides s^-2, s⁻² and s-2 into the name and the power.
func powered(part string) (name string, power int, ok bool) {
	if strings.HasSuffix(part, "^") {
		return "", 0, false
	}
	part = lowered.Replace(strings.ReplaceAll(part, "^", ""))
	end := len(part)
	for end > 0 && (part[end-1] >= '0' && part[end-1] <= '9' || part[end-1] == '-') {
		end--
	}
	if end == len(part) || end == 0 {
		return part, 1, part != ""
	}
	sign := 1
	digits := part[end:]
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		sign, digits = -1, rest
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return "", 0, false
		}
		power = power*10 + int(c-'0')
		if power > maxPower {
			return "", 0, false
		}
	}
	return part[:end], sign * power, digits != ""
}

// named finds a unit by its name, with a prefix or without.
func named(name string) (Unit, bool) {
	if u, ok := others[name]; ok {
		return u, true
	}
	if u, ok := metric[name]; ok {
		return u, true
	}
	for prefix, factor := range prefixes {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		if u, ok := metric[rest]; ok {
			u.Factor *= factor
			return u, true
		}
	}
	return Unit{}, false
}

// Fold gives a unit's text without what does not count where it must be exactly the author's: spaces, and the ways to write
// products and powers.
func Fold(text string) string {
	text = strings.NewReplacer("·", "*", "⋅", "*", "×", "*", "^", "", "**", "", "µ", "μ", "Ω", "Ω", "−", "-").Replace(lowered.Replace(text))
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}
