package calc

import (
	"math"
	"math/cmplx"
)

// The inverse functions follow W. Kahan, "Branch cuts for complex elementary functions" (1987): no loss of digits for
// large arguments, and the sign of a zero decides the side of a cut.

func plus(z complex128, re float64) complex128  { return complex(re+real(z), imag(z)) }
func minus(re float64, z complex128) complex128 { return complex(re-real(z), -imag(z)) }

// cross is Im(conj(a)*b).
func cross(a, b complex128) float64 { return float64(real(a)*imag(b)) - float64(imag(a)*real(b)) }

// dot is Re(a*b).
func dot(a, b complex128) float64 { return float64(real(a)*real(b)) - float64(imag(a)*imag(b)) }

// times is i*z, over is z/i.
func times(z complex128) complex128 { return complex(-imag(z), real(z)) }
func over(z complex128) complex128  { return complex(imag(z), -real(z)) }

func arcsin(z complex128) complex128 {
	a, b := cmplx.Sqrt(minus(1, z)), cmplx.Sqrt(plus(z, 1))
	return complex(math.Atan2(real(z), dot(a, b)), math.Asinh(cross(a, b)))
}

func arccos(z complex128) complex128 {
	a, b := cmplx.Sqrt(minus(1, z)), cmplx.Sqrt(plus(z, 1))
	return complex(2*math.Atan2(real(a), real(b)), math.Asinh(cross(b, a)))
}

func arccosh(z complex128) complex128 {
	a, b := cmplx.Sqrt(plus(z, -1)), cmplx.Sqrt(plus(z, 1))
	return complex(math.Asinh(dot(cmplx.Conj(a), b)), 2*math.Atan2(imag(a), real(b)))
}

func arcsinh(z complex128) complex128 { return over(arcsin(times(z))) }

func arctan(z complex128) complex128 { return over(arctanh(times(z))) }

func arctanh(z complex128) complex128 {
	sign := math.Copysign(1, real(z))
	x, y := sign*real(z), -sign*imag(z)
	var u, v float64
	switch {
	case x == 1 && y == 0:
		u, v = math.Inf(1), y
	case math.Max(x, math.Abs(y)) > 1e150:
		u, v = real(1/complex(x, y)), math.Copysign(math.Pi/2, y)
	case x == 1:
		u = math.Log(math.Sqrt(math.Sqrt(4+float64(y*y))) / math.Sqrt(math.Abs(y)))
		v = math.Copysign(math.Pi/2+math.Atan(math.Abs(y)/2), y) / 2
	default:
		u = math.Log1p(4*x/(float64((1-x)*(1-x))+float64(y*y))) / 4
		v = math.Atan2(2*y, float64((1-x)*(1+x))-float64(y*y)) / 2
	}
	return complex(sign*u, -sign*v)
}

func sin(z complex128) complex128 {
	return complex(math.Sin(real(z))*math.Cosh(imag(z)), math.Cos(real(z))*math.Sinh(imag(z)))
}

func cos(z complex128) complex128 {
	return complex(math.Cos(real(z))*math.Cosh(imag(z)), -math.Sin(real(z))*math.Sinh(imag(z)))
}

func sinh(z complex128) complex128 { return over(sin(times(z))) }

func cosh(z complex128) complex128 { return cos(times(z)) }
