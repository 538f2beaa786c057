"""Functions that gather values, along an axis or all of them, for the module numpy."""

import functools
import math
import operator

from _nparray import ndarray
from _npmath import asarray, functions, made
from _npscalar import BOOL, FLOAT, INT, divided, wrapped


def lanes(a, axis):
    """Gives the lists of values that lie along an axis, and the shape of what is left without it."""
    a = asarray(a)
    if axis is None:
        return [a._values()], ()
    axis = operator.index(axis)
    if not -a.ndim <= axis < a.ndim:
        raise ValueError(f"axis {axis} is out of bounds for array of dimension {a.ndim}")
    axis %= a.ndim
    order = [i for i in range(a.ndim) if i != axis] + [axis]
    turned, n = a.transpose(order)._values(), a.shape[axis]
    rest = tuple(k for i, k in enumerate(a.shape) if i != axis)
    count = math.prod(rest)
    return [turned[i * n : (i + 1) * n] for i in range(count)], rest


def reduced(do, dtype=None):
    def function(a, axis=None, dtype=dtype, keepdims=False, **more):
        rows, shape = lanes(a, axis)
        if keepdims:
            full = list(asarray(a).shape)
            shape = tuple(1 if axis is None or i == axis % len(full) else n for i, n in enumerate(full))
        return made([do(row, **more) for row in rows], shape, dtype)

    return function


def pairwise(values):
    """Adds up as numpy does: large sums by halves, so that little is lost."""
    n = len(values)
    if n < 8:
        return functools.reduce(operator.add, values, 0)
    if n <= 128:
        parts = list(values[:8])
        end = n - n % 8
        for i in range(8, end, 8):
            for k in range(8):
                parts[k] += values[i + k]
        total = ((parts[0] + parts[1]) + (parts[2] + parts[3])) + ((parts[4] + parts[5]) + (parts[6] + parts[7]))
        return functools.reduce(operator.add, values[end:], total)
    half = n // 2
    half -= half % 8
    return pairwise(values[:half]) + pairwise(values[half:])


def _mean(values):
    return divided(pairwise(values), float(len(values)))


def _variance(values, ddof=0):
    middle = _mean(values)
    squares = [abs(v - middle) ** 2 if isinstance(v, complex) else (v - middle) ** 2 for v in values]
    return divided(pairwise(squares), float(len(values) - ddof))


def _median(values):
    values, n = sorted(values), len(values)
    if n == 0:
        return math.nan
    return float(values[n // 2]) if n % 2 else (values[n // 2 - 1] + values[n // 2]) / 2.0


def _percentile(values, q):
    values = sorted(values)
    place = (len(values) - 1) * q / 100.0
    low = min(math.floor(place), len(values) - 1)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def _extreme(do):
    def most(values):
        if not values:
            raise ValueError("zero-size array to reduction operation which has no identity")
        for v in values:
            if v != v:
                return v
        return do(values)

    return most


sum = reduced(pairwise)
prod = reduced(lambda values: functools.reduce(operator.mul, values, 1))
mean = reduced(_mean)
var = reduced(_variance, FLOAT)
std = reduced(lambda values, ddof=0: math.sqrt(_variance(values, ddof)), FLOAT)
median = reduced(_median)
amin = reduced(_extreme(min))
amax = reduced(_extreme(max))
ptp = reduced(lambda values: max(values) - min(values))
any_ = reduced(lambda values: any(values), BOOL)
all_ = reduced(lambda values: all(values), BOOL)
argmax = reduced(lambda values: values.index(max(values)), INT)
argmin = reduced(lambda values: values.index(min(values)), INT)
count_nonzero = reduced(lambda values: len([v for v in values if v]), INT)


def percentile(a, q, axis=None):
    """Gives the value below which q percent lie, between neighbours in proportion."""
    if isinstance(q, (list, tuple, ndarray)):
        return made([percentile(a, one, axis) for one in asarray(q)._values()], asarray(q).shape)
    return reduced(lambda values: _percentile(values, q))(a, axis)


def average(a, axis=None, weights=None):
    """Gives the mean, or the weighted mean."""
    if weights is None:
        return mean(a, axis)
    a, weights = asarray(a), asarray(weights)
    if axis is not None and a.ndim > 1:
        if a.ndim != weights.ndim:
            shape = [1] * a.ndim
            shape[axis] = weights.size
            weights = weights.reshape(shape)
    return functions["divide"](sum(functions["multiply"](a, weights), axis), sum(functions["multiply"](weights, a * 0 + 1), axis))


def along(do):
    """A function that gives as many values as it takes along an axis."""

    def function(a, axis=None):
        a = asarray(a)
        if axis is None:
            a, axis = a.ravel(), 0
        return back([do(row) for row in lanes(a, axis)[0]], lanes(a, axis)[1], axis)

    return function


def back(rows, rest, axis):
    """Puts lists along an axis into an array."""
    n = len(rows[0]) if rows else 0
    axis %= len(rest) + 1
    out = made([v for row in rows for v in row], (*rest, n))
    if not isinstance(out, ndarray):
        return out
    order = list(range(len(rest)))
    order.insert(axis, len(rest))
    return out.transpose(order).copy()


def _running(do):
    def run(values):
        out = []
        for v in values:
            out.append(do(out[-1], v) if out else v)
        return out

    return run


cumsum = along(_running(lambda a, b: (a + b)))
cumprod = along(_running(operator.mul))


def sort(a, axis=-1):
    """Sorts along an axis."""
    return along(sorted)(a, axis)


def argsort(a, axis=-1):
    """Gives the order that sorts."""
    return along(lambda values: sorted(range(len(values)), key=values.__getitem__))(a, axis)


def diff(a, n=1, axis=-1):
    """Gives the differences of neighbours."""
    for _ in range(n):
        rows, rest = lanes(a, axis)
        a = back([[y - x for x, y in zip(row, row[1:])] for row in rows], rest, axis)
    return a


def trapz(y, x=None, dx=1.0):
    """Gives the area below points, by trapezia."""
    y = asarray(y)._values()
    x = [dx * i for i in range(len(y))] if x is None else asarray(x)._values()
    return wrapped(pairwise([(b - a) * (v + u) / 2.0 for a, b, u, v in zip(x, x[1:], y, y[1:])]))


def interp(x, xp, fp, left=None, right=None):
    """Gives values between points, on straight lines."""
    xp, fp = asarray(xp)._values(), asarray(fp)._values()

    def one(v):
        if v < xp[0]:
            return fp[0] if left is None else left
        if v > xp[-1]:
            return fp[-1] if right is None else right
        for i in range(len(xp) - 1):
            if v <= xp[i + 1]:
                return fp[i] + (fp[i + 1] - fp[i]) / (xp[i + 1] - xp[i]) * (v - xp[i])
        return fp[-1]

    x = asarray(x)
    return made([one(v) for v in x._values()], x.shape, FLOAT)


for _name, _function in (
    ("sum", sum), ("prod", prod), ("mean", mean), ("var", var), ("std", std), ("min", amin), ("max", amax), ("ptp", ptp),
    ("any", any_), ("all", all_), ("argmax", argmax), ("argmin", argmin), ("cumsum", cumsum), ("cumprod", cumprod),
    ("argsort", argsort),
):
    setattr(ndarray, _name, _function)


def _sort_in_place(self, axis=-1):
    self[...] = sort(self, axis)


ndarray.sort = _sort_in_place
