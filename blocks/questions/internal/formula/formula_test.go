package formula

import "testing"

func TestPlain(t *testing.T) {
	names := []string{"x", "y", "ab", "theta", "f"}
	for text, want := range map[string]string{
		"2x": "2*x", "2(x+1)(x-1)": "2*(x+1)*(x-1)", "x y": "x*y", "xy": "x*y", "abx": "ab*x", "x²": "x^(2)", "x⁻¹": "x^(-1)", "πx": "pi*x",
		"√2": "sqrt(2)", "√(x+1)": "sqrt(x+1)", "sin x": "sin(x)", "2sin(x)cos(y)": "2*sin(x)*cos(y)", "3·x÷y": "3*x/y", "2**3": "2^3", "2e3": "2e3", "2e": "2*e",
		"f(x)": "f*(x)", "x(y)": "x*(y)", "θ": "theta", "2θ": "2*theta", "zz": "zz", "g(x)": "g(x)", "x − 1": "x-1", "[x+1]": "(x+1)", "xsin(y)": "x*sin(y)", "½x": "(1/2)*x",
		"Sin(x)": "sin(x)", "(x)2": "(x)*2", "x2": "x2",
	} {
		if got := Plain(text, names, false); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
	if got := Plain("1,5x", names, true); got != "1.5*x" {
		t.Errorf("a comma is read as %q", got)
	}
}

func TestEqual(t *testing.T) {
	variables := []Variable{{"x", [2]float64{1, 5}}, {"y", [2]float64{-2, 2}}}
	for _, c := range []struct {
		a, b  string
		equal bool
	}{
		{"(x+1)^2", "x^2+2x+1", true},
		{"sin(x)^2+cos(x)^2", "1", true},
		{"x/y", "x*y^-1", true},
		{"x", "x+1e-3", false},
		{"x^2-y^2", "(x-y)(x+y)", true},
		{"ln(x)", "log10(x)/log10(e)", true},
		{"x", "y", false},
		{"x*0", "0", true},
		{"sqrt(y)", "y^(1/2)", true},
		{"1/0", "x", false},
		{"sqrt(-x)", "x", false},
		{"abs(y)", "y", false},
	} {
		a, err := Parse(c.a, Names(variables), false)
		b, wrong := Parse(c.b, Names(variables), false)
		if err != nil || wrong != nil {
			t.Errorf("%s, %s: %v, %v", c.a, c.b, err, wrong)
			continue
		}
		if got, enough := Equal(a, b, variables, 1e-6); got != c.equal || !enough {
			t.Errorf("%s = %s: %v, %v", c.a, c.b, got, enough)
		}
	}
	never, _ := Parse("sqrt(-1-x^2)", []string{"x"}, false)
	if equal, enough := Equal(never, never, variables[:1], 1e-6); equal || enough {
		t.Errorf("a formula without values is equal to itself: %v, %v", equal, enough)
	}
}

func FuzzPlain(f *testing.F) {
	for _, text := range []string{"2x(x+1)", "x⁻¹²y", "√√2", "1,5e-3θ", "sin sin x", "((((", "½¼"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > MaxText {
			return
		}
		names := []string{"x", "y"}
		e, err := Parse(text, names, false)
		if err != nil {
			return
		}
		// What it was read as is read as the same again.
		again, err := Parse(Plain(text, names, false), names, false)
		if err != nil || again.Form() != e.Form() || again.Shape() != e.Shape() {
			t.Errorf("%q is read as %q, and that as %q: %v", text, Plain(text, names, false), Plain(Plain(text, names, false), names, false), err)
		}
		_, _ = Value(e, names, []float64{1.5, -2})
	})
}
