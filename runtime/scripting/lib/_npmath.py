"""Functions that go through arrays element by element, for the module numpy."""

import cmath
import math
import operator

from _nparray import common, ndarray, plain, spread
from _npscalar import BOOL, COMPLEX, FLOAT, INT, OBJECT, OPERATIONS, ORDER, KINDS, kind_for, kind_of, wrapped


def array(values, dtype=None, copy=True, ndmin=0):
    """Makes an array of nested lists, or copies one."""
    if isinstance(values, ndarray):
        out = ndarray(values._values(), values.shape, values.dtype) if copy else values
    else:
        flat = []
        shape = _fill(values, flat)
        out = ndarray(flat, shape, kind_for(flat))
        out = ndarray([out.dtype.convert(v) for v in flat], shape, out.dtype)
    if dtype is not None and kind_of(dtype) != out.dtype:
        out = out.astype(dtype)
    return out.reshape((1,) * (ndmin - out.ndim) + out.shape) if out.ndim < ndmin else out


def _fill(values, flat):
    if isinstance(values, ndarray):
        flat.extend(values._values())
        return values.shape
    if isinstance(values, range) or type(values).__name__ in ("dict_values", "dict_keys"):
        values = list(values)
    if not isinstance(values, (list, tuple)):
        flat.append(plain(values))
        return ()
    shapes = [_fill(v, flat) for v in values]
    if any(s != shapes[0] for s in shapes):
        raise ValueError("setting an array element with a sequence: the rows have different lengths")
    return (len(values), *(shapes[0] if shapes else ()))


def asarray(values, dtype=None):
    """Gives an array as it is, and makes one of anything else."""
    return array(values, dtype, copy=False)


def scalar(value):
    return not isinstance(value, (ndarray, list, tuple, range))


def made(values, shape, dtype=None):
    """Gives an array of new values, or a number where there is no axis."""
    dtype = dtype or kind_for(values)
    if shape == ():
        return wrapped(dtype.convert(values[0])) if dtype is not OBJECT else values[0]
    return ndarray([dtype.convert(v) for v in values], tuple(shape), dtype)


def unary(do, dtype=None):
    def function(x, out=None, dtype=dtype):
        x = asarray(x)
        result = made([do(v) for v in x._values()], x.shape, dtype)
        if out is None:
            return result
        out[...] = result
        return out

    return function


def binary(do, dtype=None):
    def function(a, b, out=None):
        a, b = asarray(a), asarray(b)
        shape = common(a.shape, b.shape)
        values = [do(x, y) for x, y in zip(spread(a, shape), spread(b, shape))]
        kind = dtype
        if kind is None and not values:
            kind = KINDS[max(a.dtype.kind, b.dtype.kind, key=ORDER.index)]
        result = made(values, shape, kind)
        if out is None:
            return result
        out[...] = result
        return out

    return function


def _either(real, complex_=None, whole=None):
    """A function of real numbers that has nan where there is no result, with its complex side."""

    def do(x):
        if isinstance(x, complex):
            if complex_ is None:
                raise TypeError("this function has no complex side here")
            try:
                return complex_(x)
            except (ValueError, OverflowError):
                return complex(0.0, math.copysign(math.inf, x.imag))
        try:
            return real(float(x))
        except OverflowError:
            return math.inf
        except ValueError:
            return math.nan

    return do


def _logarithm(f):
    return lambda x: -math.inf if x == 0 else f(x)


def _sign(x):
    if isinstance(x, complex):
        return complex(_sign(x.real or x.imag))
    return x if x != x else type(x)((x > 0) - (x < 0))


def _rounded(x, digits=0):
    if isinstance(x, complex):
        return complex(_rounded(x.real, digits), _rounded(x.imag, digits))
    if isinstance(x, int):
        return x if digits >= 0 else int(round(x, digits))
    if not math.isfinite(x):
        return x
    scale = 10.0 ** abs(digits)
    if digits >= 0:
        return math.copysign(float(round(x * scale)) / scale, x) if math.isfinite(x * scale) else x
    return math.copysign(float(round(x / scale)) * scale, x)


def _whole(f):
    return lambda x: float(f(x)) if math.isfinite(x) else float(x)


def _atanh(x):
    return math.copysign(math.inf, x) if abs(x) == 1 else math.atanh(x)


ONE = {
    "sin": _either(math.sin, cmath.sin),
    "cos": _either(math.cos, cmath.cos),
    "tan": _either(math.tan, cmath.tan),
    "arcsin": _either(math.asin, cmath.asin),
    "arccos": _either(math.acos, cmath.acos),
    "arctan": _either(math.atan, cmath.atan),
    "sinh": _either(math.sinh, cmath.sinh),
    "cosh": _either(math.cosh, cmath.cosh),
    "tanh": _either(math.tanh, cmath.tanh),
    "arcsinh": _either(math.asinh, cmath.asinh),
    "arccosh": _either(math.acosh, cmath.acosh),
    "arctanh": _either(_atanh, cmath.atanh),
    "sqrt": _either(math.sqrt, cmath.sqrt),
    "cbrt": _either(lambda x: math.copysign(abs(x) ** (1 / 3), x)),
    "exp": _either(math.exp, cmath.exp),
    "exp2": _either(lambda x: 2.0**x),
    "expm1": _either(math.expm1),
    "log": _either(_logarithm(math.log), cmath.log),
    "log2": _either(_logarithm(math.log2), lambda z: cmath.log(z) / math.log(2)),
    "log10": _either(_logarithm(math.log10), cmath.log10),
    "log1p": _either(lambda x: -math.inf if x == -1 else math.log1p(x)),
    "floor": _whole(math.floor),
    "ceil": _whole(math.ceil),
    "trunc": _whole(math.trunc),
    "fix": _whole(math.trunc),
    "rint": _whole(round),
    "sign": _sign,
    "absolute": abs,
    "fabs": lambda x: abs(float(x)),
    "square": lambda x: x * x,
    "negative": operator.neg,
    "reciprocal": lambda x: OPERATIONS["truediv"](1.0, x),
    "degrees": _either(math.degrees),
    "radians": _either(math.radians),
    "rad2deg": _either(math.degrees),
    "deg2rad": _either(math.radians),
    "real": lambda x: x.real,
    "imag": lambda x: x.imag,
    "conj": lambda x: x.conjugate(),
    "conjugate": lambda x: x.conjugate(),
    "sinc": lambda x: 1.0 if x == 0 else math.sin(math.pi * x) / (math.pi * x),
}

TESTS = {
    "isnan": lambda x: x != x,
    "isinf": lambda x: cmath.isinf(x),
    "isfinite": lambda x: cmath.isfinite(x),
    "isreal": lambda x: not isinstance(x, complex) or x.imag == 0,
    "iscomplex": lambda x: isinstance(x, complex) and x.imag != 0,
    "logical_not": operator.not_,
    "signbit": lambda x: math.copysign(1, x) < 0,
}

TWO = {
    "add": OPERATIONS["add"],
    "subtract": OPERATIONS["sub"],
    "multiply": OPERATIONS["mul"],
    "divide": OPERATIONS["truediv"],
    "true_divide": OPERATIONS["truediv"],
    "floor_divide": OPERATIONS["floordiv"],
    "mod": OPERATIONS["mod"],
    "remainder": OPERATIONS["mod"],
    "power": OPERATIONS["pow"],
    "arctan2": math.atan2,
    "hypot": math.hypot,
    "copysign": math.copysign,
    "maximum": lambda a, b: a if a != a or a >= b else b,
    "minimum": lambda a, b: a if a != a or a <= b else b,
    "fmod": math.fmod,
    "gcd": math.gcd,
    "lcm": math.lcm,
}

COMPARED = {
    "equal": operator.eq,
    "not_equal": operator.ne,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "logical_and": lambda a, b: bool(a) and bool(b),
    "logical_or": lambda a, b: bool(a) or bool(b),
    "logical_xor": lambda a, b: bool(a) != bool(b),
}

functions = {name: unary(do) for name, do in ONE.items()}
functions.update({name: unary(do, BOOL) for name, do in TESTS.items()})
functions.update({name: binary(do) for name, do in TWO.items()})
functions.update({name: binary(do, BOOL) for name, do in COMPARED.items()})
functions["abs"] = functions["absolute"]
functions["arctan2"], functions["hypot"] = binary(math.atan2, FLOAT), binary(math.hypot, FLOAT)


def around(a, decimals=0, out=None):
    """Rounds half to even, as numpy does."""
    return unary(lambda x: _rounded(x, decimals))(a)


def angle(z, deg=False):
    """Gives the argument of complex numbers."""
    scale = 180 / math.pi if deg else 1
    return unary(lambda x: math.atan2(complex(x).imag, complex(x).real) * scale, FLOAT)(z)


def clip(a, a_min, a_max):
    """Bounds values."""
    if a_min is not None:
        a = functions["maximum"](a, a_min)
    return a if a_max is None else functions["minimum"](a, a_max)


def where(condition, x=None, y=None):
    """Takes from x where the condition holds, else from y; with the condition alone, says where it holds."""
    condition = asarray(condition)
    if x is None:
        return nonzero(condition)
    x, y = asarray(x), asarray(y)
    shape = common(condition.shape, x.shape, y.shape)
    values = [a if c else b for c, a, b in zip(*(spread(v, shape) for v in (condition, x, y)))]
    return made(values, shape, KINDS[max(x.dtype.kind, y.dtype.kind, key=ORDER.index)])


def nonzero(a):
    """Says where values are not zero: an array of indices for each axis."""
    a = asarray(a)
    places, out = [i for i, v in enumerate(a._values()) if v], []
    inner = a.size
    for n in a.shape:
        inner = inner // n if n else 0
        out.append(made([p // inner % n for p in places], (len(places),), INT))
    return tuple(out)


def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Says whether numbers differ by at most atol + rtol * |b|."""

    def near(x, y):
        if x != x or y != y:
            return equal_nan and x != x and y != y
        if not (cmath.isfinite(x) and cmath.isfinite(y)):
            return x == y
        return abs(x - y) <= atol + rtol * abs(y)

    return binary(near, BOOL)(a, b)


def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Says whether all numbers are close."""
    return all(asarray(isclose(a, b, rtol, atol, equal_nan))._values())


def array_equal(a, b):
    """Says whether shapes and values are the same."""
    a, b = asarray(a), asarray(b)
    return a.shape == b.shape and a._values() == b._values()


def _operators():
    for name, do in OPERATIONS.items():
        apply = binary(do)

        def forward(self, other, apply=apply):
            return apply(self, other)

        def backward(self, other, apply=apply):
            return apply(other, self)

        def inplace(self, other, apply=apply):
            self[...] = apply(self, other)
            return self

        setattr(ndarray, f"__{name}__", forward)
        setattr(ndarray, f"__r{name}__", backward)
        setattr(ndarray, f"__i{name}__", inplace)
    for name, word in (("eq", "equal"), ("ne", "not_equal"), ("lt", "less"), ("le", "less_equal"), ("gt", "greater"), ("ge", "greater_equal")):
        setattr(ndarray, f"__{name}__", lambda self, other, f=functions[word]: f(self, other))
    for name, both, true in (("and", operator.and_, "logical_and"), ("or", operator.or_, "logical_or"), ("xor", operator.xor, "logical_xor")):
        setattr(ndarray, f"__{name}__", lambda self, other, f=binary(both): f(self, other))
    ndarray.__neg__ = functions["negative"]
    ndarray.__pos__ = lambda self: self.copy()
    ndarray.__abs__ = functions["absolute"]
    ndarray.__invert__ = unary(lambda x: not x if isinstance(x, bool) else ~x)
    ndarray.real = property(functions["real"])
    ndarray.imag = property(functions["imag"])
    ndarray.conj = ndarray.conjugate = functions["conj"]
    ndarray.round = around
    ndarray.clip = clip
    ndarray.nonzero = nonzero


_operators()
