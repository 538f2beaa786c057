package calc

import (
	"math"
	"math/big"
	"slices"
	"strconv"

	"github.com/quoin-lms/quoin/blocks/internal/pystr"
)

// Var is a variable's value. Where two names differ only by case and case does not count, the later one wins.
type Var struct {
	Name  string
	Value Value
}

// Named is a function that a formula may call besides the built-in ones.
type Named struct {
	Name string
	Func Func
}

// Env is what a formula may name besides the constants i, j, e, pi and the built-in functions, which it can hide. The zero
// value adds nothing and disregards case.
type Env struct {
	Vars          []Var
	Funcs         []Named
	CaseSensitive bool
}

// Evaluate is Parse and Eval. A formula of white space alone is NaN.
func Evaluate(text string, env Env) (Value, error) {
	expr, err := Parse(text)
	if err != nil {
		return Value{}, err
	}
	return expr.Eval(env)
}

// Eval computes the formula. Its error is an [*Error]; all unknown names are reported before anything is computed.
func (e *Expr) Eval(env Env) (Value, error) {
	if e.empty {
		return Float(math.NaN()), nil
	}
	if err := env.check(e); err != nil {
		return Value{}, err
	}
	v, err := env.eval(&e.root)
	return settle(v), err
}

func (env Env) fold(name string) string {
	if env.CaseSensitive {
		return name
	}
	return pystr.Lower(name)
}

func (env Env) variable(name string) (Value, bool) {
	name = env.fold(name)
	for i := len(env.Vars) - 1; i >= 0; i-- {
		if env.fold(env.Vars[i].Name) == name {
			return env.Vars[i].Value, true
		}
	}
	switch name {
	case "i", "j":
		return Complex(0, 1), true
	case "e":
		return Float(math.E), true
	case "pi":
		return Float(math.Pi), true
	}
	return Value{}, false
}

func (env Env) function(name string) Func {
	name = env.fold(name)
	for i := len(env.Funcs) - 1; i >= 0; i-- {
		if env.fold(env.Funcs[i].Name) == name {
			return env.Funcs[i].Func
		}
	}
	return builtin(name)
}

func (env Env) check(e *Expr) error {
	unknown := &Error{Code: Undefined}
	for _, name := range e.variables {
		if _, ok := env.variable(name); !ok {
			unknown.Names = append(unknown.Names, name)
			unknown.Better = append(unknown.Better, env.betterVariables(name)...)
		}
	}
	if len(unknown.Names) == 0 {
		unknown.Function = true
		for _, name := range e.functions {
			if env.function(name) == nil {
				_, variable := env.variable(name)
				unknown.Names = append(unknown.Names, name)
				unknown.Multiply = unknown.Multiply || variable
				unknown.Better = append(unknown.Better, env.betterFunctions(name)...)
			}
		}
	}
	if len(unknown.Names) == 0 {
		return nil
	}
	slices.Sort(unknown.Better)
	unknown.Better = slices.Compact(unknown.Better)
	return unknown
}

// betterVariables are known names that differ from name by case only.
func (env Env) betterVariables(name string) []string {
	var better []string
	lower := pystr.Lower(name)
	for _, v := range env.Vars {
		if env.CaseSensitive && pystr.Lower(v.Name) == lower {
			better = append(better, v.Name)
		}
	}
	if env.CaseSensitive && slices.Contains([]string{"i", "j", "e", "pi"}, lower) {
		better = append(better, lower)
	}
	return better
}

func (env Env) betterFunctions(name string) []string {
	var better []string
	lower := pystr.Lower(name)
	for _, f := range env.Funcs {
		if env.CaseSensitive && pystr.Lower(f.Name) == lower {
			better = append(better, f.Name)
		}
	}
	if env.CaseSensitive && builtin(lower) != nil {
		better = append(better, lower)
	}
	return better
}

func (env Env) eval(n *node) (Value, error) {
	switch n.op {
	case opNumber:
		return n.value, nil
	case opVariable:
		v, _ := env.variable(n.name)
		return v, nil
	case opCall, opGroup:
		v, err := env.eval(&n.kids[0])
		if err != nil || n.op == opGroup {
			return settle(v), err
		}
		return env.function(n.name)(settle(v))
	}
	values := make([]Value, len(n.kids))
	for i := range n.kids {
		var err error
		if values[i], err = env.eval(&n.kids[i]); err != nil {
			return Value{}, err
		}
	}
	return join(n, values)
}

// join computes a term of several operands. Sums begin at the integer 0 and products at 1, which decides the sign of
// zeros.
func join(n *node, values []Value) (Value, error) {
	switch n.op {
	case opParallel:
		return parallel(values)
	case opPower:
		result := values[len(values)-1]
		for i := len(values) - 2; i >= 0; i-- {
			var err error
			if result, err = power(values[i], result); err != nil {
				return result, err
			}
		}
		return result, nil
	}
	result := Int(0)
	if n.op == opProduct {
		result = Int(1)
	}
	for i, v := range values {
		var err error
		if result, err = operators(n.signs[i])(result, v); err != nil {
			return result, err
		}
	}
	return result, nil
}

// settle is what a sum and a product of one operand do to it: they add it to 0 and multiply it by 1. So a negative zero
// becomes positive, and an infinite part of a complex number makes the other one NaN.
func settle(v Value) Value {
	if v.kind == complexNumber && (math.IsInf(v.re, 0) || math.IsInf(v.im, 0)) {
		v.re, v.im = mulComplex(1, 0, v.re, v.im)
	}
	if v.re == 0 {
		v.re = 0
	}
	if v.im == 0 {
		v.im = 0
	}
	return v
}

func operators(sign byte) func(a, b Value) (Value, error) {
	switch sign {
	case '+':
		return add
	case '-':
		return sub
	case '*':
		return mul
	}
	return div
}

func parseInt(digits string) Value {
	if i, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return Int(i)
	}
	b, _ := new(big.Int).SetString(digits, 10)
	return BigInt(b)
}
