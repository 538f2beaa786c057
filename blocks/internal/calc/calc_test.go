package calc

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestErrorsNameTheirCause(t *testing.T) {
	sensitive := Env{Vars: []Var{{"R1", Int(1)}}, Funcs: []Named{{"Twice", absolute}}, CaseSensitive: true}
	for _, c := range []struct {
		text string
		env  Env
		want Error
	}{
		{"1+*2", Env{}, Error{Code: Syntax}},
		{"(1+2)) + (", Env{}, Error{Code: Parentheses, Before: "(1+2)"}},
		{"((1)", Env{}, Error{Code: Parentheses, Open: 1}},
		{"b+a+b+log(c)", Env{}, Error{Code: Undefined, Names: []string{"a", "b", "c"}}},
		{"log(2)+pi(2)", Env{}, Error{Code: Undefined, Names: []string{"log", "pi"}, Function: true, Multiply: true}},
		{"r1+PI", sensitive, Error{Code: Undefined, Names: []string{"PI", "r1"}, Better: []string{"R1", "pi"}}},
		{"twice(1)+SIN(1)", sensitive, Error{
			Code: Undefined, Names: []string{"SIN", "twice"}, Function: true, Better: []string{"Twice", "sin"},
		}},
		{"1/0", Env{}, Error{Code: ZeroDivision}},
		{"0^-1", Env{}, Error{Code: ZeroDivision}},
		{"(0*i)^(-1)", Env{}, Error{Code: ZeroDivision}},
		{"0^i", Env{}, Error{Code: ZeroDivision}},
		{"1||-1", Env{}, Error{Code: ZeroDivision}},
		{"2.5^1e10", Env{}, Error{Code: Overflow}},
		{"10^400+0.5", Env{}, Error{Code: Overflow}},
		{"10^400*0.5", Env{}, Error{Code: Overflow}},
		{"10^400-0.5*i", Env{}, Error{Code: Overflow}},
		{"10^400/3.5", Env{}, Error{Code: Overflow}},
		{"10^400/3", Env{}, Error{Code: Overflow}},
		{"sin(10^400)", Env{}, Error{Code: Type}},
		{"fact(-3)", Env{}, Error{Code: Factorial}},
		{"fact(2.0)", Env{}, Error{Code: Type}},
	} {
		_, err := Evaluate(c.text, c.env)
		var got *Error
		if !errors.As(err, &got) || !reflect.DeepEqual(*got, c.want) {
			t.Errorf("%q: %#v, want %#v", c.text, err, c.want)
		}
		if got != nil && !strings.HasPrefix(got.Error(), "evaluating formula: ") {
			t.Errorf("%q: %v", c.text, got)
		}
	}
}

func TestHugeFormulasAreRefusedAtOnce(t *testing.T) {
	for _, text := range []string{
		"9^9^9^9", "fact(100000)", "fact(fact(20))", "2^16385", "10^4000*10^4000", "fact(10^30)",
		strings.Repeat("(", 5000) + "1" + strings.Repeat(")", 5000),
		strings.Repeat("sin(", 101) + "1" + strings.Repeat(")", 101),
		"1" + strings.Repeat("+1", 6000),
	} {
		var got *Error
		if _, err := Evaluate(text, Env{}); !errors.As(err, &got) || got.Code != Overflow {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	for text, want := range map[string]string{
		strings.Repeat("(", 100) + "1" + strings.Repeat(")", 100): "1",
		"(-1)^(10^30)":           "1",
		"1^(10^30)":              "1",
		"10^30-10^30+7":          "7",
		"9223372036854775807+1":  "9223372036854775808",
		"9223372036854775807*3":  "27670116110564327421",
		"-9223372036854775807-2": "-9223372036854775809",
		"10^400/10^399":          "10",
		"1/10^400*0":             "0",
		"sqrt(10^20)":            "1e+10",
		"3*abs(-(10^20))":        "300000000000000000000",
		"(1+2*i)*1":              "1+2*i",
		"1-2*i":                  "1-2*i",
	} {
		if got, err := Evaluate(text, Env{}); err != nil || got.String() != want {
			t.Errorf("%.20q = %v, %v; want %s", text, got, err, want)
		}
	}
}

func TestStaffReadsPythonNumbers(t *testing.T) {
	for text, want := range map[string]Value{
		"5": Float(5), " 5 ": Float(5), "1_000": Float(1000), "1e400": Float(math.Inf(1)), "-inf": Float(math.Inf(-1)),
		"1+2j": Complex(1, 2), "1-2J": Complex(1, -2), "j": Complex(0, 1), "-j": Complex(0, -1), "2j": Complex(0, 2),
		"( 1+2j )": Complex(1, 2), "1e-3+2e+1j": Complex(0.001, 20), "1+j": Complex(1, 1), "Infinity": Float(math.Inf(1)),
		"2*3": Int(6), "(1+2)*3": Int(9), "1/4": Float(0.25),
	} {
		if got, err := Staff(text); err != nil || !Equal(got, want) {
			t.Errorf("Staff(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"0x10", "1__0", "abc", "1,5", "5 m", "(5", "1+2k", "½"} {
		if got, err := Staff(text); err == nil {
			t.Errorf("Staff(%q) = %v, want an error", text, got)
		}
	}
	for _, text := range []string{"nan", ""} {
		if got, err := Staff(text); err != nil || !got.IsNaN() {
			t.Errorf("Staff(%q) = %v, %v; want NaN", text, got, err)
		}
	}
}

func TestDecimalsRoundHalfToEvenAt28Digits(t *testing.T) {
	for _, c := range []struct {
		a, b, amount float64
		want         bool
	}{
		{0.3, 0.2, 0.1, true},
		{5.05, 5, 0.05, true},
		{1e30, -1, 1e30, true}, // 1e30 + 1 rounds to 1e30
		{1e27, -1, 1e27, false},
		{1e200, 1, 1e200, true},
		{1, 1e200, 1e200, true},
		{1e-200, 1e200, 1e200, true},
		{0, 1e-320, 1e-320, true},
		{0, 0, 0, true},
		{0, 0, -1, false},
		{1, 2, -1, false},
		{0, 5e-324, 4e-324, true}, // the literal 4e-324 is 5e-324
		{1, 1, math.Inf(1), true},
		{1, 1, math.Inf(-1), false},
	} {
		if got := withinDecimal(c.a, c.b, c.amount); got != c.want {
			t.Errorf("|%g - %g| <= %g: %v, want %v", c.a, c.b, c.amount, got, c.want)
		}
	}
	if Within(Float(math.NaN()), Float(1), Tolerance{Amount: math.Inf(1)}) {
		t.Error("NaN is near nothing")
	}
	if !Within(Complex(1, 1), Complex(1, 1.5), Tolerance{Amount: 0.5}) {
		t.Error("complex numbers are compared by their distance")
	}
}

func TestScaledDefaultIsOfTheStaffsValue(t *testing.T) {
	tolerance, err := ParseTolerance(DefaultTolerance)
	if err != nil {
		t.Fatal(err)
	}
	if !tolerance.Relative || tolerance.Scaled(2).Relative || !tolerance.Scaled(1).Relative {
		t.Errorf("%+v, scaled %+v", tolerance, tolerance.Scaled(2))
	}
}

func FuzzEvaluate(f *testing.F) {
	for _, seed := range []string{
		"1+2*3", "2^-2^2", "-(x||y)%", "sin(e^(i*pi))", "U_{ij}^{k}''*x_1", "5e-3 %", "fact(5)", "((", "1e400", "1/0", "½", "",
	} {
		f.Add(seed)
	}
	env := Env{Vars: []Var{{"x", Float(1.5)}, {"y", Int(-2)}, {"U_{ij}^{k}''", Complex(1, 2)}}}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := Evaluate(text, env)
		if err != nil {
			var problem *Error
			if !errors.As(err, &problem) || problem.Code == 0 {
				t.Fatalf("error without a code: %v", err)
			}
			return
		}
		if again, err := Evaluate(text, env); err != nil || again.String() != v.String() {
			t.Fatalf("%q: %v, then %v, %v", text, v, again, err)
		}
		if v.IsNaN() || v.IsInf() || v.IsComplex() {
			return
		}
		if back, err := Evaluate(v.String(), Env{}); err != nil || !Equal(back, v) {
			t.Fatalf("%q: %v reads back as %v, %v", text, v, back, err)
		}
		if !Within(v, v, Tolerance{}) {
			t.Fatalf("%q: %v does not equal itself", text, v)
		}
	})
}

func FuzzStaffAndTolerance(f *testing.F) {
	for _, seed := range []string{"5", "1+2j", "10 %", "0.001%", "inf", "1_0", "(1)"} {
		f.Add(seed, 1.0)
	}
	f.Fuzz(func(t *testing.T, text string, student float64) {
		staff, err := Staff(text)
		tolerance, err2 := ParseTolerance(text)
		if err != nil || err2 != nil {
			return
		}
		if Within(Float(student), staff, tolerance) && math.IsNaN(student) {
			t.Fatalf("NaN within %+v of %v", tolerance, staff)
		}
	})
}

func BenchmarkEvaluate(b *testing.B) {
	for _, text := range []string{"5.0001", "3*10^8", "sqrt(2)*sin(pi/4)+e^-1"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				if _, err := Evaluate(text, Env{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkWithin(b *testing.B) {
	tolerance := Tolerance{Amount: 0.01, Percent: true}
	b.Run("far", func(b *testing.B) {
		for b.Loop() {
			Within(Float(5.02), Float(5), tolerance)
		}
	})
	b.Run("edge", func(b *testing.B) {
		for b.Loop() {
			Within(Float(5.05), Float(5), tolerance)
		}
	})
}
