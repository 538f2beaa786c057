"""Products of arrays, systems of equations and polynomials, for the module numpy."""

import cmath
import math

from _nparray import ndarray
from _npmath import asarray, functions, made
from _npreduce import pairwise
from _npscalar import FLOAT, divided, wrapped


class LinAlgError(ValueError):
    """A matrix that has no such result."""


def dot(a, b):
    """Gives the product: of vectors a number, of matrices a matrix."""
    a, b = asarray(a), asarray(b)
    if a.ndim == 0 or b.ndim == 0:
        return functions["multiply"](a, b)
    inner, axis = a.shape[-1], max(b.ndim - 2, 0)
    if inner != b.shape[axis]:
        raise ValueError(f"shapes {a.shape} and {b.shape} not aligned: {inner} (dim {a.ndim - 1}) != {b.shape[axis]} (dim {axis})")
    rows = _split(a._values(), inner)
    order = [i for i in range(b.ndim) if i != axis] + [axis]
    columns = _split(b.transpose(order)._values(), inner)
    rest = tuple(n for i, n in enumerate(b.shape) if i != axis)
    values = [pairwise([x * y for x, y in zip(row, column)]) for row in rows for column in columns]
    return made(values, (*a.shape[:-1], *rest))


def _split(values, n):
    return [values[i : i + n] for i in range(0, len(values), n)]


def vdot(a, b):
    """Gives the product of all values, those of a conjugated."""
    return dot(functions["conj"](asarray(a)).ravel(), asarray(b).ravel())


def outer(a, b):
    """Gives the products of every pair."""
    a, b = asarray(a)._values(), asarray(b)._values()
    return made([x * y for x in a for y in b], (len(a), len(b)))


def cross(a, b):
    """Gives the vector product."""
    a, b = asarray(a), asarray(b)
    if a.ndim > 1 or b.ndim > 1:
        return asarray([cross(x, y) for x, y in zip(a, b)])
    u, v = a._values(), b._values()
    if len(u) == 2 and len(v) == 2:
        return wrapped(u[0] * v[1] - u[1] * v[0])
    u, v = u + [0] * (3 - len(u)), v + [0] * (3 - len(v))
    return made([u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]], (3,))


def trace(a):
    """Gives the sum of the diagonal."""
    a = asarray(a)
    return wrapped(sum(a[i, i] for i in range(min(a.shape))))


def _square(a):
    a = asarray(a)
    if a.ndim != 2 or a.shape[0] != a.shape[1]:
        raise LinAlgError("Last 2 dimensions of the array must be square")
    return [[v if isinstance(v, complex) else float(v) for v in row] for row in _split(a._values(), a.shape[1] or 1)]


def _eliminated(rows, right):
    """Solves by elimination with the largest pivot; gives the determinant and the solution, which is None at 0."""
    n, determinant = len(rows), 1.0
    for k in range(n):
        pivot = max(range(k, n), key=lambda i: abs(rows[i][k]))
        if rows[pivot][k] == 0:
            return 0.0, None
        if pivot != k:
            rows[k], rows[pivot], right[k], right[pivot] = rows[pivot], rows[k], right[pivot], right[k]
            determinant = -determinant
        determinant *= rows[k][k]
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            if factor:
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[k])]
                right[i] = [x - factor * y for x, y in zip(right[i], right[k])]
    for k in reversed(range(n)):
        for i in range(k + 1, n):
            right[k] = [x - rows[k][i] * y for x, y in zip(right[k], right[i])]
        right[k] = [x / rows[k][k] for x in right[k]]
    return determinant, right


def det(a):
    """Gives the determinant."""
    rows = _square(a)
    return wrapped(_eliminated(rows, [[] for _ in rows])[0])


def solve(a, b):
    """Solves a x = b."""
    rows, b = _square(a), asarray(b)
    width = b.size // len(rows) if rows else 0
    solution = _eliminated(rows, _split(b._values(), width or 1))[1]
    if solution is None:
        raise LinAlgError("Singular matrix")
    return made([v for row in solution for v in row], b.shape)


def inv(a):
    """Gives the inverse matrix."""
    n = len(_square(a))
    return solve(a, made([float(i == j) for i in range(n) for j in range(n)], (n, n)))


def matrix_power(a, n):
    """Multiplies a matrix with itself."""
    a = asarray(a if n >= 0 else inv(a))
    out = made([float(i == j) if a.dtype.kind != "i" else int(i == j) for i in range(a.shape[0]) for j in range(a.shape[0])], a.shape)
    for _ in range(abs(n)):
        out = dot(out, a)
    return out


def norm(x, ord=None, axis=None):
    """Gives the length of vectors, or Frobenius' norm of a matrix."""
    if axis is not None:
        from _npreduce import reduced

        return reduced(lambda values: norm(values, ord), FLOAT)(x, axis)
    x = asarray(x)
    sizes = [abs(v) for v in x._values()]
    if ord in (None, 2, "fro") and (ord != 2 or x.ndim < 2):
        return wrapped(math.sqrt(pairwise([float(s) ** 2 for s in sizes])))
    if x.ndim != 1:
        raise NotImplementedError("this norm of matrices is not supported here")
    if ord == math.inf:
        return wrapped(float(max(sizes)))
    if ord == -math.inf:
        return wrapped(float(min(sizes)))
    if ord == 0:
        return wrapped(float(len([s for s in sizes if s])))
    return wrapped(pairwise([float(s) ** ord for s in sizes]) ** (1.0 / ord))


def polyval(p, x):
    """Gives the value of a polynomial, highest power first."""
    out = asarray(x) * 0
    for c in asarray(p)._values():
        out = out * x + c
    return out if not isinstance(out, ndarray) or out.shape else out.item()


def polyfit(x, y, deg):
    """Fits a polynomial by least squares, highest power first."""
    x, y = [float(v) for v in asarray(x)._values()], [float(v) for v in asarray(y)._values()]
    scale = max(map(abs, x), default=1.0) or 1.0
    columns = [[(v / scale) ** k for v in x] for k in range(deg, -1, -1)]
    # Orthogonal columns (Gram and Schmidt, twice) keep the digits that normal equations lose.
    basis, upper = [], [[0.0] * (deg + 1) for _ in range(deg + 1)]
    for k, column in enumerate(columns):
        for _ in range(2):
            for i, known in enumerate(basis):
                part = math.fsum(a * b for a, b in zip(known, column))
                upper[i][k] += part
                column = [c - part * b for c, b in zip(column, known)]
        upper[k][k] = math.sqrt(math.fsum(c * c for c in column))
        if upper[k][k] == 0:
            raise LinAlgError("the points do not determine the polynomial")
        basis.append([c / upper[k][k] for c in column])
    out = [math.fsum(a * b for a, b in zip(known, y)) for known in basis]
    for k in reversed(range(deg + 1)):
        out[k] = (out[k] - math.fsum(upper[k][i] * out[i] for i in range(k + 1, deg + 1))) / upper[k][k]
    return made([c / scale ** (deg - k) for k, c in enumerate(out)], (deg + 1,), FLOAT)


def roots(p):
    """Gives the zeros of a polynomial, highest power first."""
    p = asarray(p)._values()
    while p and p[0] == 0:
        p = p[1:]
    zeros = 0
    while p and p[-1] == 0:
        p, zeros = p[:-1], zeros + 1
    if len(p) < 2:
        return made([0.0] * zeros, (zeros,), FLOAT)
    p = [c / p[0] for c in p]
    n = len(p) - 1
    radius = 1 + max(abs(c) for c in p[1:])
    found = [cmath.rect(radius * 0.9, 2 * math.pi * k / n + 0.4) for k in range(n)]
    for _ in range(500):  # Durand and Kerner: all at once
        moved = 0.0
        for k, z in enumerate(found):
            value, others = complex(1), complex(1)
            for c in p[1:]:
                value = value * z + c
            for j, other in enumerate(found):
                if j != k:
                    others *= z - other
            step = divided(value, others)
            found[k] = z - step
            moved = max(moved, abs(step) / max(1.0, abs(z)))
        if moved < 1e-15:
            break
    real = not any(isinstance(c, complex) and c.imag for c in p)
    if real and all(abs(z.imag) <= 1e-9 * max(1.0, abs(z)) for z in found):
        found = sorted((z.real for z in found), reverse=True)
    return made(found + [0.0] * zeros, (n + zeros,))


ndarray.dot = dot
ndarray.__matmul__ = dot
ndarray.__rmatmul__ = lambda self, other: dot(other, self)
ndarray.trace = trace
