package formula

import (
	"math"
	"slices"

	"github.com/quoin-lms/quoin/blocks/internal/calc"
	"github.com/quoin-lms/quoin/sdk/question"
)

// Variable is one that formulas may name, with the range that points are drawn from.
type Variable struct {
	Name  string     `json:"n"`
	Range [2]float64 `json:"r"`
}

// points is how many are compared; fewest of them must give the author's formula a value.
const (
	points = 24
	fewest = 6
)

// Names lists the variables' names.
func Names(variables []Variable) []string {
	names := make([]string, len(variables))
	for i, v := range variables {
		names[i] = v.Name
	}
	return names
}

// Parse reads a formula as somebody typed it.
func Parse(text string, names []string, comma bool) (*calc.Expr, error) {
	return calc.Parse(Plain(text, names, comma))
}

// env gives the variables values.
func env(names []string, values []float64) calc.Env {
	e := calc.Env{CaseSensitive: true}
	for i, name := range names {
		e.Vars = append(e.Vars, calc.Var{Name: name, Value: calc.Float(values[i])})
	}
	return e
}

// Value computes a formula with values of the variables; it is NaN where that is no real number.
func Value(e *calc.Expr, names []string, values []float64) (float64, error) {
	v, err := e.Eval(env(names, values))
	if err != nil {
		return 0, err
	}
	re, im := v.Parts()
	if im != 0 && math.Abs(im) > 1e-12*math.Abs(re) {
		return math.NaN(), nil
	}
	return re, nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// Equal reports whether two formulas have the same values at points that are drawn from the variables' ranges, always the same
// ones: as far as the author's has one, the learner's is within tolerance of it, which is a share of its size. enough says that the
// author's had values at all.
func Equal(learner, author *calc.Expr, variables []Variable, tolerance float64) (equal, enough bool) {
	names := Names(variables)
	draw := question.Draw(1, "points")
	compared := 0
	for range points {
		values := make([]float64, len(variables))
		for i, v := range variables {
			values[i] = v.Range[0] + draw.Float64()*(v.Range[1]-v.Range[0])
		}
		want, err := Value(author, names, values)
		if err != nil || !finite(want) {
			continue
		}
		compared++
		got, err := Value(learner, names, values)
		if err != nil || !finite(got) || math.Abs(got-want) > tolerance*max(math.Abs(want), scale(want)) {
			return false, true
		}
	}
	return compared >= fewest, compared >= fewest
}

// scale is the size below which differences no longer count, so that what is 0 may be off by what computers make of it.
func scale(want float64) float64 {
	if want == 0 {
		return 1e-6
	}
	return 1e-9
}

// Unknown are the names in a formula that are no variables or constants, and the functions that are none.
func Unknown(e *calc.Expr, names []string) (variables, functions []string) {
	for _, name := range e.Variables() {
		if name != "pi" && name != "e" && !slices.Contains(names, name) {
			variables = append(variables, name)
		}
	}
	for _, name := range e.Functions() {
		if !calc.IsFunction(name) {
			functions = append(functions, name)
		}
	}
	return variables, functions
}
