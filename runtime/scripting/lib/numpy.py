"""The part of numpy that problems in courses use, in Python alone: arrays with their arithmetic, the usual functions, random
numbers as numpy draws them, small systems of equations. Not here: files, records and dates, FFT, eigenvalues, masked arrays, and
numbers of fewer bits (every kind of float is float64, whole numbers never overflow).
"""

import builtins
import math
import sys
import types

import _nparray
import _nplinear
import _npmath
import _nprandom
import _npreduce
from _nparray import ndarray
from _nplinear import cross, dot, outer, polyfit, polyval, roots, trace, vdot
from _npmath import allclose, angle, around, array, array_equal, asarray, clip, isclose, made, nonzero, where
from _npreduce import (
    amax,
    amin,
    argmax,
    argmin,
    argsort,
    average,
    count_nonzero,
    cumprod,
    cumsum,
    diff,
    interp,
    lanes,
    mean,
    median,
    percentile,
    prod,
    ptp,
    sort,
    std,
    sum,
    trapz,
    var,
)
from _npscalar import complex128, dtype, float64, int64, kind_of

_nparray.install(asarray, kind_of)
globals().update(_npmath.functions)

__version__ = "1.24"
pi, e, inf, nan, euler_gamma, newaxis = math.pi, math.e, math.inf, math.nan, 0.5772156649015329, None
Inf = Infinity = PINF = inf
NaN = NAN = nan
NINF = -inf
float_ = float16 = float32 = double = floating = float64
int_ = int8 = int16 = int32 = intp = uint8 = uint16 = uint32 = uint64 = integer = int64
complex_ = complex64 = cdouble = complex128
bool_, object_, str_ = bool, object, str
max, min, any, all, round, round_ = amax, amin, _npreduce.any_, _npreduce.all_, around, around
matmul = inner = dot
asanyarray = ascontiguousarray = asfarray = asarray
transpose = lambda a, axes=None: asarray(a).transpose(*(axes or ()))  # noqa: E731
reshape = lambda a, newshape, order="C": asarray(a).reshape(newshape, order=order)  # noqa: E731
ravel = lambda a: asarray(a).ravel()  # noqa: E731
copy = lambda a: asarray(a).copy()  # noqa: E731
shape = lambda a: asarray(a).shape  # noqa: E731
ndim = lambda a: asarray(a).ndim  # noqa: E731
size = lambda a: asarray(a).size  # noqa: E731
isscalar = lambda a: isinstance(a, (builtins.bool, int, float, complex, str, bytes))  # noqa: E731


def _shape(of):
    return (of,) if isinstance(of, int) else tuple(of)


def full(shape, fill_value, dtype=None):
    """An array of one value."""
    shape = _shape(shape)
    out = made([fill_value], (1,), kind_of(dtype) if dtype is not None else None)
    return ndarray(out._values() * math.prod(shape), shape, out.dtype)


def zeros(shape, dtype=float):
    """An array of zeros."""
    return full(shape, 0, dtype)


def ones(shape, dtype=float):
    """An array of ones."""
    return full(shape, 1, dtype)


empty = zeros


def full_like(a, fill_value, dtype=None):
    """An array of one value, with the shape and kind of another."""
    a = asarray(a)
    return full(a.shape, fill_value, dtype or a.dtype)


def zeros_like(a, dtype=None):
    """Zeros in the shape and kind of another array."""
    return full_like(a, 0, dtype)


def ones_like(a, dtype=None):
    """Ones in the shape and kind of another array."""
    return full_like(a, 1, dtype)


empty_like = zeros_like


def arange(start, stop=None, step=1, dtype=None):
    """Numbers from start up to, and without, stop."""
    if stop is None:
        start, stop = 0, start
    if step == 0:
        raise ZeroDivisionError("division by zero")
    n = builtins.max(0, math.ceil((stop - start) / step))
    values = [start + i * step for i in range(n)]
    out = made(values, (n,), _npmath.kind_for([start, stop, step]) if not values else None)
    return out.astype(dtype) if dtype is not None else out


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None):
    """Numbers with equal steps from start to stop."""
    num = int(num)
    parts = num - 1 if endpoint else num
    step = (stop - start) / parts if parts > 0 else nan
    values = [start + i * step for i in range(num)]
    if endpoint and num > 1:
        values[-1] = stop
    out = made(values, (num,), None if isinstance(start, complex) or isinstance(stop, complex) else kind_of(float))
    out = out.astype(dtype) if dtype is not None else out
    return (out, step) if retstep else out


def logspace(start, stop, num=50, endpoint=True, base=10.0):
    """Numbers with equal ratios."""
    return _npmath.functions["power"](base, linspace(start, stop, num, endpoint))


def eye(n, m=None, k=0, dtype=float):
    """A matrix with ones on a diagonal."""
    m = n if m is None else m
    return made([j - i == k for i in range(n) for j in range(m)], (n, m), kind_of(dtype))


def identity(n, dtype=float):
    """A square matrix with ones on the diagonal."""
    return eye(n, dtype=dtype)


def diag(v, k=0):
    """The diagonal of a matrix, or a matrix with this diagonal."""
    v = asarray(v)
    if v.ndim == 1:
        n, values = v.size + abs(k), v._values()
        return made([values[builtins.min(i, j)] if j - i == k else 0 for i in range(n) for j in range(n)], (n, n), v.dtype)
    values = [v[i, i + k] for i in range(v.shape[0]) if 0 <= i + k < v.shape[1]]
    return made(values, (len(values),), v.dtype)


def concatenate(arrays, axis=0):
    """Joins arrays along an axis."""
    arrays = [asarray(a) for a in arrays]
    if axis is None:
        arrays, axis = [a.ravel() for a in arrays], 0
    if builtins.any(a.ndim == 0 for a in arrays):
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    rows = [lanes(a, axis) for a in arrays]
    if len({rest for _, rest in rows}) > 1:
        raise ValueError("all the input array dimensions except for the concatenation axis must match exactly")
    joined = [[v for part in parts for v in part] for parts in zip(*(r for r, _ in rows))]
    return _npreduce.back(joined, rows[0][1], axis)


def _raised(arrays, ndim):
    return [array(a, ndmin=ndim) for a in arrays]


def hstack(arrays):
    """Joins arrays side by side."""
    arrays = _raised(arrays, 1)
    return concatenate(arrays, 0 if arrays[0].ndim == 1 else 1)


def vstack(arrays):
    """Joins arrays as rows."""
    return concatenate(_raised(arrays, 2))


def column_stack(arrays):
    """Joins arrays as columns."""
    return concatenate([a.reshape(-1, 1) if a.ndim < 2 else a for a in map(asarray, arrays)], 1)


def stack(arrays, axis=0):
    """Joins arrays along a new axis."""
    first = asarray([asarray(a).tolist() for a in arrays])
    order = list(range(1, first.ndim))
    order.insert(axis % first.ndim, 0)
    return first.transpose(order)


def append(arr, values, axis=None):
    """Joins two arrays; without an axis, as rows of values."""
    return concatenate([arr, values] if axis is not None else [asarray(arr).ravel(), asarray(values).ravel()], axis or 0)


def delete(arr, obj):
    """Leaves out values by index."""
    values = asarray(arr)._values()
    drop = {i % len(values) for i in asarray(obj).ravel()._values()}
    kept = [v for i, v in enumerate(values) if i not in drop]
    return made(kept, (len(kept),), asarray(arr).dtype)


def unique(ar, return_counts=False):
    """The different values, sorted."""
    values = asarray(ar)._values()
    kept = sorted(set(values))
    out = made(kept, (len(kept),), asarray(ar).dtype)
    return (out, asarray([values.count(v) for v in kept])) if return_counts else out


def flip(m, axis=None):
    """Turns the order round."""
    m = asarray(m)
    turned = builtins.range(m.ndim) if axis is None else [axis % m.ndim]
    return m[tuple(slice(None, None, -1) if i in turned else slice(None) for i in range(m.ndim))]


def roll(a, shift):
    """Moves values round."""
    a = asarray(a)
    values = a._values()
    shift = shift % len(values) if values else 0
    return made(values[len(values) - shift :] + values[: len(values) - shift], a.shape, a.dtype)


def repeat(a, repeats):
    """Every value several times."""
    values = [v for v in asarray(a)._values() for _ in range(repeats)]
    return made(values, (len(values),), asarray(a).dtype)


def tile(a, reps):
    """The whole several times."""
    a = array(a, ndmin=len(_shape(reps)))
    for axis, n in enumerate(reversed(_shape(reps))):
        a = concatenate([a] * n, a.ndim - 1 - axis)
    return a


def meshgrid(x, y):
    """The coordinates of a grid."""
    x, y = asarray(x), asarray(y)
    return [made(x._values() * y.size, (y.size, x.size)), made([v for v in y._values() for _ in range(x.size)], (y.size, x.size))]


def atleast_1d(a):
    """An array with at least one axis."""
    return array(a, ndmin=1)


def atleast_2d(a):
    """An array with at least two axes."""
    return array(a, ndmin=2)


def squeeze(a):
    """Leaves out axes of one value."""
    a = asarray(a)
    return a.reshape([n for n in a.shape if n != 1])


def vectorize(pyfunc, otypes=None):
    """Makes a function go through arrays."""

    def function(*arrays):
        arrays = [asarray(a) for a in arrays]
        shape = _nparray.common(*(a.shape for a in arrays))
        return made([pyfunc(*place) for place in zip(*(_nparray.spread(a, shape) for a in arrays))], shape)

    return function


def seterr(**_):
    """Errors of arithmetic are never raised here."""
    return {}


class errstate:
    """Changes nothing: errors of arithmetic are never raised here."""

    def __init__(self, **_):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


ndarray.squeeze = squeeze
ndarray.repeat = repeat

random = _nprandom
linalg = types.ModuleType("numpy.linalg", "Small systems of equations.")
for _name in ("LinAlgError", "det", "inv", "matrix_power", "norm", "solve"):
    setattr(linalg, _name, getattr(_nplinear, _name))
sys.modules["numpy.random"], sys.modules["numpy.linalg"] = random, linalg
