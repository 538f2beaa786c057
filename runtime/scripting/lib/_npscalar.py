"""Kinds of numbers, for the module numpy. Its numbers are Python's, but dividing by zero gives infinity or nan, not an error."""

import math
import operator


def _real(value):
    return isinstance(value, (int, float))


def divided(a, b):
    """a / b, as numpy has it."""
    try:
        return a / b
    except ZeroDivisionError:
        if isinstance(a, complex) or isinstance(b, complex):
            return complex(divided(complex(a).real, 0.0), divided(complex(a).imag, 0.0))
        if a == 0 or a != a:
            return math.nan
        return math.copysign(math.inf, a) * math.copysign(1.0, b)


def floored(a, b):
    if b == 0:
        if isinstance(a, float) or isinstance(b, float):
            return divided(float(a), float(b))
        return 0
    return a // b


def remainder(a, b):
    if b == 0:
        return math.nan if isinstance(a, float) or isinstance(b, float) else 0
    return a % b


def powered(a, b):
    """a ** b, as numpy has it: no error where the result is none, and no complex number from real ones."""
    if isinstance(a, complex) or isinstance(b, complex):
        try:
            return complex(a) ** complex(b)
        except ZeroDivisionError:
            return complex(math.nan, math.nan)
        except OverflowError:
            return complex(math.inf, math.nan)
    if isinstance(a, int) and isinstance(b, int):
        if b < 0:
            raise ValueError("Integers to negative integer powers are not allowed.")
        return a**b
    a, b = float(a), float(b)
    try:
        return math.pow(a, b)
    except ValueError:
        return math.inf if a == 0 else math.nan
    except OverflowError:
        odd = b == math.floor(b) and b % 2 == 1
        return -math.inf if a < 0 and odd else math.inf


OPERATIONS = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": divided,
    "floordiv": floored,
    "mod": remainder,
    "pow": powered,
}


def wrapped(value):
    """Gives a number of numpy's instead of Python's."""
    if isinstance(value, bool):
        return value
    for kind, own in ((int, int64), (float, float64), (complex, complex128)):
        if isinstance(value, kind):
            return own(value)
    return value


class _Number:
    """What all of numpy's numbers have."""

    __slots__ = ()
    shape, ndim, size = (), 0, 1

    def item(self):
        return _python(self)

    tolist = item


def _python(value):
    for kind in (int, float, complex):
        if isinstance(value, kind):
            return kind(value)
    return value


class float64(float, _Number):
    """A real number."""

    __slots__ = ()

    def __round__(self, digits=None):
        return round(float(self), digits) if digits is None else float64(round(float(self), digits))


class int64(int, _Number):
    """A whole number, of any size here."""

    __slots__ = ()


class complex128(complex, _Number):
    """A complex number."""

    __slots__ = ()


def _number(value):
    return isinstance(value, (int, float, complex))


def _give(cls):
    for name, operation in OPERATIONS.items():
        base = next(k for k in (float, int, complex) if issubclass(cls, k))

        def forward(self, other, do=operation, base=base):
            if not _number(other):
                return NotImplemented
            if do is powered and isinstance(other, int) and base is int and other < 0:
                return wrapped(powered(float(self), float(other)))
            return wrapped(do(base(self), _python(other)))

        def backward(self, other, do=operation, base=base):
            if not _number(other):
                return NotImplemented
            return wrapped(do(_python(other), base(self)))

        setattr(cls, f"__{name}__", forward)
        setattr(cls, f"__r{name}__", backward)
    for name in ("neg", "pos", "abs"):
        setattr(cls, f"__{name}__", lambda self, do=getattr(operator, name), base=base: wrapped(do(base(self))))
    cls.real = property(lambda self, base=base: wrapped(base(self).real))
    cls.imag = property(lambda self, base=base: wrapped(base(self).imag))


for _class in (float64, int64, complex128):
    _give(_class)


class dtype:
    """A kind of elements: kind is one of b, i, f, c, O."""

    __slots__ = ("kind", "name", "type", "convert")

    def __init__(self, kind, name, type, convert):
        self.kind, self.name, self.type, self.convert = kind, name, type, convert

    def __eq__(self, other):
        try:
            return self.kind == kind_of(other).kind
        except TypeError:
            return False

    def __hash__(self):
        return hash(self.kind)

    def __repr__(self):
        return f"dtype('{self.name}')"

    def __str__(self):
        return self.name


def _whole(value):
    if isinstance(value, complex):
        return int(value.real)
    return int(value)


def _float(value):
    return value.real if isinstance(value, complex) else float(value)


BOOL = dtype("b", "bool", bool, bool)
INT = dtype("i", "int64", int64, _whole)
FLOAT = dtype("f", "float64", float64, _float)
COMPLEX = dtype("c", "complex128", complex128, complex)
OBJECT = dtype("O", "object", lambda v: v, lambda v: v)
ORDER = "bifcO"
KINDS = {d.kind: d for d in (BOOL, INT, FLOAT, COMPLEX, OBJECT)}


def kind_of(name):
    """Reads what a caller names a kind: float, "float64", numpy.int32, ..."""
    if isinstance(name, dtype):
        return name
    if isinstance(name, type):
        for cls, kind in ((bool, BOOL), (int, INT), (float, FLOAT), (complex, COMPLEX), (object, OBJECT)):
            if name is cls or cls is not object and issubclass(name, cls):
                return kind
    if isinstance(name, str):
        for start, kind in (("bool", BOOL), ("uint", INT), ("int", INT), ("i", INT), ("float", FLOAT), ("f", FLOAT), ("d", FLOAT),
                            ("complex", COMPLEX), ("c", COMPLEX), ("O", OBJECT), ("object", OBJECT)):
            if name.startswith(start):
                return kind
    raise TypeError(f"data type {name!r} not understood")


def kind_for(values):
    """Gives the kind that holds all the values."""
    kinds = set()
    for v in values:
        if isinstance(v, bool):
            kinds.add("b")
        elif isinstance(v, int):
            kinds.add("i")
        elif isinstance(v, float):
            kinds.add("f")
        elif isinstance(v, complex):
            kinds.add("c")
        else:
            return OBJECT
    return KINDS[max(kinds, key=ORDER.index)] if kinds else FLOAT
