package problem_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"sort"
	"strconv"
	"strings"

	"github.com/quoin-lms/quoin/blocks/internal/calc"
	"github.com/quoin-lms/quoin/blocks/problem/internal/cases"
)

// numberOf reads a number as the records write it.
func numberOf(recorded any) calc.Value {
	switch r := recorded.(type) {
	case json.Number:
		if strings.ContainsAny(r.String(), ".eE") {
			f, _ := r.Float64()
			return calc.Float(f)
		}
		return bigNumber(r.String())
	case bool:
		if r {
			return calc.Int(1)
		}
		return calc.Int(0)
	case map[string]any:
		if digits, ok := r["$bigint"].(string); ok {
			return bigNumber(digits)
		}
		if name, ok := r["$float"].(string); ok {
			f, _ := strconv.ParseFloat(name, 64)
			return calc.Float(f)
		}
		parts := r["$complex"].([]any)
		re, _ := numberOf(parts[0]).Parts()
		im, _ := numberOf(parts[1]).Parts()
		return calc.Complex(re, im)
	}
	panic(fmt.Sprintf("unknown recorded number %#v", recorded))
}

func bigNumber(digits string) calc.Value {
	n, _ := new(big.Int).SetString(digits, 10)
	return calc.BigInt(n)
}

// sameNumber allows what C libraries differ by in the last digits.
func sameNumber(a, b calc.Value) bool {
	if a.IsInt() != b.IsInt() || a.IsComplex() != b.IsComplex() {
		return false
	}
	if a.IsInt() {
		return calc.Equal(a, b)
	}
	ar, ai := a.Parts()
	br, bi := b.Parts()
	size := math.Max(b.Abs(), 1e-300)
	part := func(x, y float64) bool {
		return x == y || math.IsNaN(x) && math.IsNaN(y) || math.Abs(x-y) <= 1e-12*size || math.Abs(x-y) < 1e-16
	}
	return part(ar, br) && part(ai, bi)
}

func codeOf(errorType string) calc.Code {
	return map[string]calc.Code{
		"ParseException": calc.Syntax, "UnmatchedParenthesis": calc.Parentheses, "UndefinedVariable": calc.Undefined,
		"ValueError": calc.Factorial, "ZeroDivisionError": calc.ZeroDivision, "OverflowError": calc.Overflow,
		"TypeError": calc.Type,
	}[errorType]
}

// formula is a recorded computation.
type formula struct {
	ID            string            `json:"id"`
	Expr          string            `json:"expr"`
	Variables     map[string]any    `json:"variables"`
	Functions     map[string]string `json:"functions"`
	CaseSensitive bool              `json:"case_sensitive"`
	Value         any               `json:"value"`
	Error         *recordedError    `json:"error"`
}

// compute evaluates it by the Go package and says what differs.
func (f *formula) compute() (problems []string) {
	env := calc.Env{CaseSensitive: f.CaseSensitive}
	for name, v := range f.Variables {
		env.Vars = append(env.Vars, calc.Var{Name: name, Value: numberOf(v)})
	}
	// Where two names differ by case the records define the lower one first.
	sort.Slice(env.Vars, func(i, j int) bool { return env.Vars[i].Name > env.Vars[j].Name })
	for name, body := range f.Functions {
		env.Funcs = append(env.Funcs, calc.Named{Name: name, Func: func(x calc.Value) (calc.Value, error) {
			return calc.Evaluate(body, calc.Env{Vars: []calc.Var{{Name: "x", Value: x}}})
		}})
	}
	got, err := calc.Evaluate(f.Expr, env)
	var problem *calc.Error
	switch {
	case f.Error == nil && (err != nil || !sameNumber(got, numberOf(f.Value))):
		return []string{fmt.Sprintf("%q = %v, %v; want %v", f.Expr, got, err, f.Value)}
	case f.Error != nil && (!errors.As(err, &problem) || problem.Code != codeOf(f.Error.Type)):
		return []string{fmt.Sprintf("%q = %v, %v; want %s", f.Expr, got, err, f.Error.Type)}
	}
	return nil
}

func (r *recordedRun) calculator() {
	const file = "calc.jsonl"
	cases.Each(r.t, file, func(f formula) {
		problems := f.compute()
		if r.verdicts {
			problems = append(problems, f.judged(r.t, r.by)...)
			if source, asks := f.problem(); asks {
				problems = append(problems, f.graded(r.by, source)...)
			}
		}
		r.judge(file, f.ID, nil, difference{}, problems)
	})
}

// closeness is a recorded comparison.
type closeness struct {
	ID         string         `json:"id"`
	Student    any            `json:"student"`
	Instructor any            `json:"instructor"`
	Tolerance  any            `json:"tolerance"`
	Relative   bool           `json:"relative_tolerance"`
	Result     *bool          `json:"result"`
	Error      *recordedError `json:"error"`
}

// compare compares by the Go package and says what differs.
func (c *closeness) compare() []string {
	text := calc.DefaultTolerance
	if c.Tolerance != nil {
		text = pythonText(c.Tolerance)
	}
	tolerance, err := calc.ParseTolerance(text)
	tolerance.Relative = tolerance.Relative || c.Relative
	if c.Error != nil {
		if err == nil {
			return []string{fmt.Sprintf("%q is no error, want %s", text, c.Error.Type)}
		}
	} else if got := calc.Within(numberOf(c.Student), numberOf(c.Instructor), tolerance); err != nil || got != *c.Result {
		return []string{fmt.Sprintf("%v and %v within %q: %v, %v", c.Student, c.Instructor, text, got, err)}
	}
	return nil
}

func (r *recordedRun) tolerances() {
	const file = "tolerance.jsonl"
	cases.Each(r.t, file, func(c closeness) {
		problems := c.compare()
		if source, asks := c.problem(); asks && r.verdicts {
			problems = append(problems, c.graded(r.by, source)...)
		}
		r.judge(file, c.ID, nil, difference{}, problems)
	})
}
