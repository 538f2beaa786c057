package calc

import (
	"math"
	"math/big"
	"math/cmplx"
)

// Func is a function of one argument.
type Func func(Value) (Value, error)

// elementary is a function with a real and a complex side. real is used where inside says so (nil: everywhere), or where
// there is no complex value but NaN.
type elementary struct {
	real    func(float64) float64
	complex func(complex128) complex128
	// outside reports real arguments that have a complex result.
	outside func(float64) bool
}

func (f elementary) call(v Value) (Value, error) {
	if !v.fits() {
		return fail(Type)
	}
	re, im := v.Parts()
	if v.kind == complexNumber || f.outside != nil && f.outside(re) {
		z := f.complex(complex(re, im))
		return Complex(real(z), imag(z)).withArray(true), nil
	}
	return Float(f.real(re)).withArray(true), nil
}

func negative(x float64) bool { return x < 0 }
func beyondOne(x float64) bool {
	return math.Abs(x) > 1
}

func scaledLog(scale float64) func(complex128) complex128 {
	return func(z complex128) complex128 {
		w := cmplx.Log(z)
		return complex(scale*real(w), scale*imag(w))
	}
}

// builtin is the function of that name (lower case), nil when there is none.
func builtin(name string) Func {
	if f, ok := basic(name); ok {
		return f.call
	}
	switch name {
	case "sec":
		return oneOver("cos")
	case "csc":
		return oneOver("sin")
	case "cot":
		return oneOver("tan")
	case "sech":
		return oneOver("cosh")
	case "csch":
		return oneOver("sinh")
	case "coth":
		return oneOver("tanh")
	case "arcsec":
		return ofReciprocal(elementary{real: math.Acos, complex: arccos})
	case "arccsc":
		return ofReciprocal(elementary{real: math.Asin, complex: arcsin})
	case "arcsech":
		return ofReciprocal(elementary{real: math.Acosh, complex: arccosh})
	case "arccsch":
		return ofReciprocal(elementary{real: math.Asinh, complex: arcsinh})
	case "arccoth":
		return ofReciprocal(elementary{real: math.Atanh, complex: arctanh})
	case "arccot":
		return arccot
	case "abs":
		return absolute
	case "fact", "factorial":
		return factorial
	}
	return nil
}

func basic(name string) (elementary, bool) {
	switch name {
	case "sin":
		return elementary{math.Sin, sin, nil}, true
	case "cos":
		return elementary{math.Cos, cos, nil}, true
	case "tan":
		return elementary{math.Tan, cmplx.Tan, nil}, true
	case "sqrt":
		return elementary{math.Sqrt, cmplx.Sqrt, negative}, true
	case "log10":
		return elementary{math.Log10, scaledLog(math.Log10E), negative}, true
	case "log2":
		return elementary{math.Log2, scaledLog(math.Log2E), negative}, true
	case "ln":
		return elementary{math.Log, cmplx.Log, negative}, true
	case "exp":
		return elementary{math.Exp, cmplx.Exp, nil}, true
	case "arccos":
		return elementary{math.Acos, arccos, beyondOne}, true
	case "arcsin":
		return elementary{math.Asin, arcsin, beyondOne}, true
	case "arctan":
		return elementary{math.Atan, arctan, nil}, true
	case "sinh":
		return elementary{math.Sinh, sinh, nil}, true
	case "cosh":
		return elementary{math.Cosh, cosh, nil}, true
	case "tanh":
		return elementary{math.Tanh, cmplx.Tanh, nil}, true
	case "arcsinh":
		return elementary{math.Asinh, arcsinh, nil}, true
	case "arccosh":
		return elementary{math.Acosh, arccosh, nil}, true
	case "arctanh":
		return elementary{math.Atanh, arctanh, beyondOne}, true
	}
	return elementary{}, false
}

func oneOver(name string) Func {
	f, _ := basic(name)
	return func(v Value) (Value, error) {
		w, err := f.call(v)
		if err != nil {
			return w, err
		}
		return div(Int(1), w)
	}
}

func ofReciprocal(f elementary) Func {
	return func(v Value) (Value, error) {
		r, err := div(Float(1), v)
		if err != nil {
			return r, err
		}
		return f.call(r)
	}
}

// arccot is continuous at 0 from the right only: its values lie in (-pi/2, pi/2].
func arccot(v Value) (Value, error) {
	tangent, err := elementary{real: math.Atan, complex: arctan}.call(v)
	if err != nil {
		return tangent, err
	}
	quarter := math.Pi / 2
	if re, _ := v.Parts(); re < 0 {
		quarter = -quarter
	}
	return sub(Float(quarter).withArray(true), tangent)
}

func absolute(v Value) (Value, error) {
	switch {
	case v.kind != integer:
		return Float(v.Abs()).withArray(true), nil
	case v.big != nil && v.big.Sign() < 0, v.i < 0:
		return neg(v).withArray(true), nil
	}
	return v.withArray(true), nil
}

func factorial(v Value) (Value, error) {
	switch {
	case v.kind != integer:
		return fail(Type)
	case v.big != nil && v.big.Sign() < 0, v.i < 0:
		return fail(Factorial)
	case v.big != nil || v.i > maxBits/8: // n! has more than 8n bits from n = 800 on
		return fail(Overflow)
	}
	return BigInt(new(big.Int).MulRange(1, max(v.i, 1))), nil
}
