package calc

import "testing"

func parsed(t *testing.T, text string) *Expr {
	t.Helper()
	e, err := Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e
}

func TestForm(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"x*2 + 1", "1 + (2*x)", true},
		{"2*x+1", "2*x + 2/2", false},
		{"a-b", "-b+a", true},
		{"a-(b-c)", "a+c-b", true},
		{"a-b", "b-a", false},
		{"a/b", "a*(1/b)", false},
		{"a/(b/c)", "a*c/b", true},
		{"(x+1)*(x-1)", "(x-1)*(1+x)", true},
		{"x^2", "x*x", false},
		{"(x)^(2)", "x^2", true},
		{"2^x", "x^2", false},
		{"sin(x+1)", "sin(1+x)", true},
		{"a||b", "b||a", true},
		{"x-1", "-1+x", true},
		{"+x", "x", true},
		{"-x", "x", false},
		{"2*x", "2*X", false},
		{"((x))", "x", true},
	} {
		if got := parsed(t, c.a).Form() == parsed(t, c.b).Form(); got != c.same {
			t.Errorf("%s and %s are written alike: %v", c.a, c.b, got)
		}
	}
}

func TestShape(t *testing.T) {
	for text, want := range map[string]Shape{
		"x^2-1": {Sum: true}, "(x+1)*(x-1)": {Product: true, Multiplied: true}, "2*(x+1)+3": {Sum: true, Multiplied: true}, "(x+1)^2": {Product: true, Multiplied: true},
		"x": {}, "2*x": {Product: true}, "(x^2-1)": {Sum: true}, "1/(x+1)": {Product: true}, "sin(2*(x+1))": {Multiplied: true},
	} {
		if got := parsed(t, text).Shape(); got != want {
			t.Errorf("%s is %+v, want %+v", text, got, want)
		}
	}
}
