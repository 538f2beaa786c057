package calc

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"sort"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/blocks/problem/internal/cases"
)

// value reads a number as the records write it.
func value(t *testing.T, recorded any) Value {
	t.Helper()
	switch r := recorded.(type) {
	case json.Number:
		if strings.ContainsAny(r.String(), ".eE") {
			f, err := r.Float64()
			if err != nil {
				t.Fatal(err)
			}
			return Float(f)
		}
		return parseInt(r.String())
	case bool:
		if r {
			return Int(1)
		}
		return Int(0)
	case map[string]any:
		if b, ok := r["$bigint"].(string); ok {
			n, _ := new(big.Int).SetString(b, 10)
			return BigInt(n)
		}
		if f, ok := r["$float"].(string); ok {
			return Float(map[string]float64{"nan": math.NaN(), "inf": math.Inf(1), "-inf": math.Inf(-1)}[f])
		}
		parts := r["$complex"].([]any)
		re, im := value(t, parts[0]), value(t, parts[1])
		return Complex(re.real(), im.real())
	}
	t.Fatalf("unknown recorded value %#v", recorded)
	return Value{}
}

// near allows what different C libraries and summation orders may differ by.
func near(a, b Value) bool {
	if a.IsInt() != b.IsInt() || a.IsComplex() != b.IsComplex() {
		return false
	}
	if a.IsInt() {
		return Equal(a, b)
	}
	ar, ai := a.Parts()
	br, bi := b.Parts()
	size := math.Max(b.Abs(), 1e-300)
	part := func(x, y float64) bool {
		return x == y || math.IsNaN(x) && math.IsNaN(y) || math.Abs(x-y) <= 1e-12*size || math.Abs(x-y) < 1e-16
	}
	return part(ar, br) && part(ai, bi)
}

func codeOf(errorType string) Code {
	return map[string]Code{
		"ParseException": Syntax, "UnmatchedParenthesis": Parentheses, "UndefinedVariable": Undefined,
		"ValueError": Factorial, "ZeroDivisionError": ZeroDivision, "OverflowError": Overflow, "TypeError": Type,
	}[errorType]
}

type recordedError struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

func TestRecordedCalculations(t *testing.T) {
	type record struct {
		ID            string            `json:"id"`
		Expr          string            `json:"expr"`
		Variables     map[string]any    `json:"variables"`
		Functions     map[string]string `json:"functions"`
		CaseSensitive bool              `json:"case_sensitive"`
		Value         any               `json:"value"`
		Error         *recordedError    `json:"error"`
	}
	run := 0
	cases.Each(t, "calc.jsonl", func(r record) {
		run++
		env := Env{CaseSensitive: r.CaseSensitive}
		for name, v := range r.Variables {
			env.Vars = append(env.Vars, Var{name, value(t, v)})
		}
		// The only records with two names that differ by case define the lower one first.
		sort.Slice(env.Vars, func(i, j int) bool { return env.Vars[i].Name > env.Vars[j].Name })
		for name, body := range r.Functions {
			env.Funcs = append(env.Funcs, Named{name, func(x Value) (Value, error) {
				return Evaluate(body, Env{Vars: []Var{{"x", x}}})
			}})
		}
		got, err := Evaluate(r.Expr, env)
		var problem *Error
		switch {
		case r.Error == nil && (err != nil || !near(got, value(t, r.Value))):
			t.Errorf("%s: %q = %v, %v; want %v", r.ID, r.Expr, got, err, r.Value)
		case r.Error != nil && (!errors.As(err, &problem) || problem.Code != codeOf(r.Error.Type)):
			t.Errorf("%s: %q = %v, %v; want %s %s", r.ID, r.Expr, got, err, r.Error.Type, r.Error.Message)
		}
	})
	t.Logf("%d formulas", run)
}

func TestRecordedTolerances(t *testing.T) {
	type record struct {
		ID         string         `json:"id"`
		Student    any            `json:"student"`
		Instructor any            `json:"instructor"`
		Tolerance  any            `json:"tolerance"`
		Relative   bool           `json:"relative_tolerance"`
		Result     *bool          `json:"result"`
		Error      *recordedError `json:"error"`
	}
	run := 0
	cases.Each(t, "tolerance.jsonl", func(r record) {
		run++
		text := DefaultTolerance
		switch given := r.Tolerance.(type) {
		case string:
			text = given
		case json.Number:
			text = given.String()
		}
		tolerance, err := ParseTolerance(text)
		if r.Relative {
			tolerance.Relative = true
		}
		if r.Error != nil {
			if err == nil {
				t.Errorf("%s: tolerance %q: no error, want %s", r.ID, text, r.Error.Type)
			}
			return
		}
		if got := Within(value(t, r.Student), value(t, r.Instructor), tolerance); err != nil || got != *r.Result {
			t.Errorf("%s: %v, %v within %q: %v, %v", r.ID, r.Student, r.Instructor, text, got, err)
		}
	})
	t.Logf("%d comparisons", run)
}
