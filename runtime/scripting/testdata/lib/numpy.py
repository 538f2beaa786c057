# What courses use of numpy.
import math

import numpy as np
import numpy.linalg
import numpy.random


def same(have, want):
    assert np.shape(have) == np.shape(want), (have, want)
    assert np.allclose(have, want, rtol=1e-12, atol=1e-12), (have, want)


# Arrays and views.
a = np.array([[1, 2, 3], [4, 5, 6]])
assert a.shape == (2, 3) and a.ndim == 2 and a.size == 6 and len(a) == 2 and a.dtype == int and a.dtype.name == "int64"
a[0][1] = 9
assert a.tolist() == [[1, 9, 3], [4, 5, 6]]
a[:, 0] = [7, 8]
row = a[1]
row += 1
assert a.tolist() == [[7, 9, 3], [9, 6, 7]]
assert a[-1, 2] == 7 and a[1, ::-1].tolist() == [7, 6, 9] and a[a > 7].tolist() == [9, 9] and a.T[0].tolist() == [7, 9]
assert a[:, [2, 0]].tolist() == [[3, 7], [7, 9]] and a[[0, 1], [2, 0]].tolist() == [3, 9] and a[:, None].shape == (2, 1, 3)
assert a.reshape(3, -1).shape == (3, 2) and a.flatten().tolist() == [7, 9, 3, 9, 6, 7] and np.array([1, 2.5]).dtype == float
b = a.copy()
b[:] = 0
assert a.any() and not b.any() and np.zeros((2, 2)).tolist() == [[0.0, 0.0], [0.0, 0.0]]
for wrong in (lambda: a[5], lambda: np.array([[1], [1, 2]]), lambda: a + np.array([1, 2]), lambda: bool(a), lambda: a.reshape(4)):
    try:
        wrong()
    except (IndexError, ValueError):
        continue
    raise AssertionError("no error")

# Arithmetic.
same(np.array([1, 2, 3]) / 2, [0.5, 1, 1.5])
same(2 ** np.array([1.0, 2]), [2, 4])
same(np.array([[1, 2], [3, 4]]) * np.array([10, 100]), [[10, 200], [30, 400]])
same(np.array([[1, 2], [3, 4]]) @ np.array([1, 1]), [3, 7])
same(np.dot([[1, 2]], [[3], [4]]), [[11]])
same(np.cross([1, 0, 0], [0, 1, 0]), [0, 0, 1])
same(np.outer([1, 2], [3, 4]), [[3, 4], [6, 8]])
assert np.float64(1) / 0 == math.inf and np.isnan(np.sqrt(-1)) and np.log(0) == -math.inf and isinstance(np.float64(2), float)
assert isinstance(np.sin(1), float) and (np.array([1, 2]) == np.array([1, 3])).tolist() == [True, False]
same(np.exp(1j * np.pi), -1)
same(np.sin(np.array([0, np.pi / 2])), [0, 1])
same(np.round([2.5, 1.235, -0.5], 0), [2, 1, -0.0])
assert np.round(1.2345, 2) == 1.23 and round(np.float64(2.567), 1) == 2.6 and np.floor(-1.5) == -2 and np.sign(-3) == -1

# Gathering.
same(np.mean([[1, 2], [3, 5]], axis=0), [2, 3.5])
assert np.sum([1, 2, 3]) == 6 and np.std([1, 2, 3, 4]) == math.sqrt(1.25) and np.var([1, 2, 3, 4], ddof=1) == 5 / 3
assert np.median([5, 1, 3, 2]) == 2.5 and np.percentile([1, 2, 3, 4], 50) == 2.5 and np.average([1, 2], weights=[3, 1]) == 1.25
assert np.max([1, 4, 2]) == 4 and np.argmax([1, 4, 2]) == 1 and np.cumsum([1, 2, 3]).tolist() == [1, 3, 6]
assert np.diff([1, 4, 9]).tolist() == [3, 5] and np.sort([3, 1, 2]).tolist() == [1, 2, 3] and np.argsort([3, 1, 2]).tolist() == [1, 2, 0]
assert np.array([[1, 5], [7, 2]]).max(axis=1).tolist() == [5, 7] and np.all(np.array([1, 1])) and not np.any([0, 0])
assert np.sum([0.1] * 10) == 1 and np.trapz([0, 1, 2]) == 2 and np.interp(1.5, [1, 2], [10, 20]) == 15

# Making.
assert np.linspace(0, 1, 5).tolist() == [0, 0.25, 0.5, 0.75, 1] and np.arange(3).tolist() == [0, 1, 2]
same(np.arange(0, 1, 0.25), [0, 0.25, 0.5, 0.75])
assert np.concatenate([[1, 2], [3]]).tolist() == [1, 2, 3] and np.vstack([[1, 2], [3, 4]]).shape == (2, 2)
assert np.hstack([[1], [2]]).tolist() == [1, 2] and np.append([1], 2).tolist() == [1, 2] and np.eye(2).tolist() == [[1, 0], [0, 1]]
assert np.where(np.array([1, -1]) > 0, 1, 0).tolist() == [1, 0] and np.unique([3, 1, 3]).tolist() == [1, 3]
assert np.stack([[1, 2], [3, 4]], axis=1).tolist() == [[1, 3], [2, 4]] and np.tile([1, 2], 2).tolist() == [1, 2, 1, 2]
assert str(np.array([1.5, 2])) == "[1.5 2. ]" and repr(np.array([[1, 2], [3, 4]])) == "array([[1, 2],\n       [3, 4]])"

# Systems and polynomials.
same(np.linalg.solve([[3, 1], [1, 2]], [9, 8]), [2, 3])
same(np.linalg.inv([[1.0, 2], [3, 4]]), [[-2, 1], [1.5, -0.5]])
assert math.isclose(np.linalg.det([[1, 2], [3, 4]]), -2) and np.linalg.norm([3, 4]) == 5
same(np.polyfit([0, 1, 2, 3], [1, 3, 7, 13], 2), [1, 1, 1])
same(np.roots([1, -6, 11, -6]), [3, 2, 1])
assert np.polyval([1, 2, 3], 2) == 11
try:
    np.linalg.inv([[1, 2], [2, 4]])
    raise AssertionError("no error")
except np.linalg.LinAlgError:
    pass

# Random numbers, as numpy's own documentation and everybody's notebooks show them for these seeds.
np.random.seed(42)
same(np.round(np.random.randn(4), 8), [0.49671415, -0.1382643, 0.64768854, 1.52302986])
np.random.seed(1)
same(np.round(np.random.rand(2), 8), [0.417022, 0.72032449])
np.random.seed(0)
assert np.random.randint(0, 10, 5).tolist() == [5, 0, 3, 3, 7]
