package units

import (
	"errors"
	"math"
	"testing"
)

func TestConvert(t *testing.T) {
	for _, c := range []struct {
		from, to    string
		value, want float64
	}{
		{"km/h", "m/s", 36, 10},
		{"m/s", "km h^-1", 10, 36},
		{"N", "kg·m/s²", 3, 3},
		{"kWh", "MJ", 1, 3.6},
		{"°C", "K", 20, 293.15},
		{"K", "°C", 0, -273.15},
		{"°F", "°C", 212, 100},
		{"cm^2", "m²", 5, 5e-4},
		{"mL", "cm3", 7, 7},
		{"J/(kg K)", "m^2 s^-2 K-1", 2, 2},
		{"°", "rad", 180, math.Pi},
		{"mi", "km", 1, 1.609344},
		{"da m", "m", 0, 0},
		{"%", "", 50, 0.5},
		{"μm", "nm", 1, 1000},
		{"min", "s", 1, 60},
		{"mmol/L", "M", 1, 1e-3},
		{"kΩ", "ohm", 1, 1000},
	} {
		from, err := Parse(c.from)
		if c.from == "da m" {
			if !errors.Is(err, ErrUnknown) {
				t.Errorf("%q is %+v, %v", c.from, from, err)
			}
			continue
		}
		to, wrong := Parse(c.to)
		if err != nil || wrong != nil || !from.Same(to) {
			t.Errorf("%q and %q: %+v %v, %+v %v", c.from, c.to, from, err, to, wrong)
			continue
		}
		if got := from.To(to, c.value); math.Abs(got-c.want) > 1e-9*math.Max(1, math.Abs(c.want)) {
			t.Errorf("%v %s is %v %s, want %v", c.value, c.from, got, c.to, c.want)
		}
	}
	for _, text := range []string{"apples", "m/s/s", "m^99", "^2", "m^", "kmin", "°°"} {
		if u, err := Parse(text); !errors.Is(err, ErrUnknown) {
			t.Errorf("%q is %+v, %v", text, u, err)
		}
	}
	a, _ := Parse("N m")
	b, _ := Parse("N")
	if a.Same(b) {
		t.Error("torque is force")
	}
	if Fold("kg · m / s²") != Fold("kg*m/s^2") || Fold("M") == Fold("m") {
		t.Error("Fold")
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"kg·m/s²", "J/(kg K)", "°C", "m^-12", "mmmm", "//", "10^3 m"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := Parse(text)
		if err == nil && math.IsNaN(u.Factor) {
			t.Errorf("%q is %+v", text, u)
		}
	})
}
