package number

import (
	"errors"
	"math"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text, locale string
		value        float64
		fewest, most int
		rest         string
	}{
		{"9.81", "en", 9.81, 3, 3, ""},
		{" 9,81 m/s^2", "de", 9.81, 3, 3, "m/s^2"},
		{"9,81", "en", 9.81, 3, 3, ""},
		{"1,234", "en", 1234, 4, 4, ""},
		{"1,234.50", "en", 1234.5, 6, 6, ""},
		{"1.234,50", "en", 1234.5, 6, 6, ""},
		{"1.234,5", "de-AT", 1234.5, 5, 5, ""},
		{"1,234,567", "en", 1234567, 7, 7, ""},
		{"1.234.567", "de", 1234567, 7, 7, ""},
		{"0,123", "en", 0.123, 3, 3, ""},
		{"0.123", "de", 0.123, 3, 3, ""},
		{"12.34", "de", 12.34, 4, 4, ""},
		{"1 234 567 m", "fr", 1234567, 7, 7, "m"},
		{"1'234", "en", 1234, 4, 4, ""},
		{"5 km", "en", 5, 1, 1, "km"},
		{"1200", "en", 1200, 2, 4, ""},
		{"1200.", "en", 1200, 4, 4, ""},
		{"0.00120", "en", 0.0012, 3, 3, ""},
		{"1.20e3 J", "en", 1200, 3, 3, "J"},
		{"1.2E-3", "en", 0.0012, 2, 2, ""},
		{"1.2×10^-3 m", "en", 0.0012, 2, 2, "m"},
		{"1.2·10⁻³ m", "en", 0.0012, 2, 2, "m"},
		{"6.02 x 10^{23}", "en", 6.02e23, 3, 3, ""},
		{"−4", "en", -4, 1, 1, ""},
		{"+4", "en", 4, 1, 1, ""},
		{"1/2", "en", 0.5, 0, 0, ""},
		{"3 / 4 m", "en", 0.75, 0, 0, "m"},
		{"3 m/s", "en", 3, 1, 1, "m/s"},
		{"٣٫١٤ م", "ar", 3.14, 3, 3, "م"},
		{"۳۵", "fa", 35, 2, 2, ""},
		{"0", "en", 0, 1, 1, ""},
		{"5 eV", "en", 5, 1, 1, "eV"},
		{"5e", "en", 5, 1, 1, "e"},
		{".5", "en", 0.5, 1, 1, ""},
		{"5x", "en", 5, 1, 1, "x"},
	} {
		got, err := Parse(c.text, c.locale)
		if err != nil || math.Abs(got.Value-c.value) > 1e-12*math.Abs(c.value) || got.Fewest != c.fewest || got.Most != c.most || got.Rest != c.rest {
			t.Errorf("%q in %s is %+v, %v", c.text, c.locale, got, err)
		}
	}
	for text, want := range map[string]error{
		"": ErrNone, "m": ErrNone, "-": ErrNone, ".": ErrNone, "1.2.3": ErrNone, "1,23,45": ErrNone, "1e400": ErrRange, "1.5,5,5": ErrNone,
	} {
		if got, err := Parse(text, "en"); !errors.Is(err, want) {
			t.Errorf("%q is %+v, %v, want %v", text, got, err, want)
		}
	}
	if got, err := Parse("1.234", "de"); !errors.Is(err, ErrAmbiguous) {
		t.Errorf("1.234 in de is %+v, %v", got, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"1,234.5e-3 km", "1/0", "٣٫١٤", "1.2×10⁻³", "1 2 3", "+-5"} {
		f.Add(text, "de")
	}
	f.Fuzz(func(t *testing.T, text, locale string) {
		n, err := Parse(text, locale)
		if err == nil && (math.IsNaN(n.Value) || math.IsInf(n.Value, 0) || n.Fewest > n.Most || len(n.Rest) > len(text)*3) {
			t.Errorf("%q is %+v", text, n)
		}
	})
}
