"""Arrays, for the module numpy. An array is a list of values that it may share with other arrays, and where in it its own lie:
so slices, rows and transposed arrays are views, as numpy's are.
"""

import builtins
import itertools
import operator


class ndarray:
    """An array of any number of axes. Make one by numpy.array."""

    __slots__ = ("_data", "_at", "shape", "dtype")
    __hash__ = None

    def __init__(self, data, shape, dtype, at=None):
        self._data = data
        self._at = range(len(data)) if at is None else at
        self.shape = shape
        self.dtype = dtype

    def _values(self):
        return [self._data[i] for i in self._at]

    def _view(self, at, shape):
        return ndarray(self._data, tuple(shape), self.dtype, at)

    size = property(lambda self: len(self._at))
    ndim = property(lambda self: len(self.shape))
    flat = property(lambda self: self._view(self._at, (self.size,)))

    def __len__(self):
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __contains__(self, value):
        return value in self._values()

    def __bool__(self):
        if self.size > 1:
            raise ValueError("The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()")
        return any(self._values())

    def _single(self):
        if self.size != 1:
            raise TypeError("only size-1 arrays can be converted to Python scalars")
        return self._data[self._at[0]]

    def __float__(self):
        return float(self._single())

    def __int__(self):
        return int(self._single())

    def __complex__(self):
        return complex(self._single())

    def __index__(self):
        return operator.index(self._single())

    def item(self, *index):
        value = self._single() if not index else self.flat[index[0]] if len(index) == 1 else self[index]
        return plain(value)

    def tolist(self):
        return _nested([plain(v) for v in self._values()], self.shape)

    # Where.

    def _select(self, index):
        """Gives the positions that an index picks, and their shape; the shape is None for a single value."""
        if isinstance(index, list):
            index = _array(index)
        if isinstance(index, ndarray) and index.dtype.kind == "b":
            if index.shape != self.shape[: index.ndim]:
                raise IndexError("boolean index did not match indexed array")
            inner = _size(self.shape[index.ndim :])
            rows = [i for i, chosen in enumerate(index._values()) if chosen]
            at = [self._at[i * inner + j] for i in rows for j in range(inner)]
            return at, (len(rows), *self.shape[index.ndim :])
        index = list(index) if isinstance(index, tuple) else [index]
        given = builtins.sum(1 for i in index if i is not None and i is not Ellipsis)
        if given > self.ndim:
            raise IndexError(f"too many indices for array: array is {self.ndim}-dimensional, but {given} were indexed")
        if Ellipsis not in [i for i in index if not isinstance(i, (list, ndarray))]:
            index.append(Ellipsis)
        rest = [slice(None)] * (self.ndim - given)
        where = next(i for i, one in enumerate(index) if one is Ellipsis)
        index[where : where + 1] = rest
        return self._pick(index)

    def _pick(self, index):
        picks, shape, axis, single = [], [], 0, True
        fancy = [i for i in index if isinstance(i, (list, ndarray))]
        if len(fancy) > 1:
            return self._pairs(index)
        for one in index:
            if one is None:
                shape.append(1)
                single = False
                continue
            n = self.shape[axis]
            axis += 1
            if isinstance(one, slice):
                picks.append(range(*one.indices(n)))
                shape.append(len(picks[-1]))
                single = False
            elif isinstance(one, (list, ndarray)):
                chosen = _array(one)
                values = chosen._values()
                if chosen.dtype.kind == "b":
                    values = [i for i, v in enumerate(values) if v]
                    shape.append(len(values))
                else:
                    shape.extend(chosen.shape)
                picks.append([_bounded(i, n, axis - 1) for i in values])
                single = False
            else:
                picks.append([_bounded(one, n, axis - 1)])
        strides = _strides(self.shape)
        at = [self._at[builtins.sum(map(operator.mul, strides, place))] for place in itertools.product(*picks)]
        return at, None if single else tuple(shape)

    def _pairs(self, index):
        """Several lists of indices go together, place by place."""
        lists = [_array(one)._values() if isinstance(one, (list, ndarray)) else one for one in index]
        if any(isinstance(one, slice) or one is None for one in lists):
            raise NotImplementedError("lists of indices together with slices are not supported here")
        n = max(len(one) for one in lists if isinstance(one, list))
        columns = [one if isinstance(one, list) and len(one) == n else [one[0] if isinstance(one, list) else one] * n for one in lists]
        strides = _strides(self.shape)
        at = []
        for place in zip(*columns):
            place = [_bounded(i, size, axis) for axis, (i, size) in enumerate(zip(place, self.shape))]
            at.append(self._at[builtins.sum(map(operator.mul, strides, place))])
        return at, (n,)

    def __getitem__(self, index):
        at, shape = self._select(index)
        if shape is None:
            return self.dtype.type(self._data[at[0]])
        return self._view(at, shape)

    def __setitem__(self, index, value):
        at, shape = self._select(index)
        value = _array(value)
        convert = self.dtype.convert
        values = value._values() if value.size == len(at) else spread(value, shape or ())
        for i, v in zip(at, values):
            self._data[i] = convert(v)

    # Shape.

    def reshape(self, *shape, order="C"):
        shape = shape[0] if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        shape = [operator.index(n) for n in shape]
        if -1 in shape:
            known = -_size(shape)
            shape[shape.index(-1)] = self.size // known if known else 0
        if _size(shape) != self.size:
            raise ValueError(f"cannot reshape array of size {self.size} into shape {tuple(shape)}")
        if order == "F":
            return self.T.reshape(shape[::-1]).T
        return self._view(self._at, shape)

    def transpose(self, *axes):
        axes = axes[0] if len(axes) == 1 and isinstance(axes[0], (tuple, list)) else axes
        axes = list(axes) or list(range(self.ndim))[::-1]
        strides, shape = _strides(self.shape), [self.shape[a] for a in axes]
        at = [
            self._at[builtins.sum(strides[a] * i for a, i in zip(axes, place))]
            for place in itertools.product(*(range(n) for n in shape))
        ]
        return self._view(at, shape)

    T = property(transpose)

    def flatten(self):
        return ndarray(self._values(), (self.size,), self.dtype)

    def ravel(self):
        return self._view(self._at, (self.size,))

    def copy(self):
        return ndarray(self._values(), self.shape, self.dtype)

    def astype(self, dtype):
        dtype = _kind(dtype)
        return ndarray([dtype.convert(v) for v in self._values()], self.shape, dtype)

    def fill(self, value):
        self[...] = value

    def __repr__(self):
        name = "" if self.dtype.kind != "O" else ", dtype=object"
        shown = _shown(self, ", ").replace("\n", "\n" + " " * len("array("))
        return f"array({shown}{name})"

    def __str__(self):
        return _shown(self, " ")


def _size(shape):
    n = 1
    for k in shape:
        n *= k
    return n


def _strides(shape):
    strides, n = [], 1
    for k in reversed(shape):
        strides.append(n)
        n *= k
    return strides[::-1]


def _bounded(i, n, axis):
    i = operator.index(i)
    if not -n <= i < n:
        raise IndexError(f"index {i} is out of bounds for axis {axis} with size {n}")
    return i % n


def _nested(values, shape):
    if not shape:
        return values[0]
    inner = _size(shape[1:])
    return [_nested(values[i * inner : (i + 1) * inner], shape[1:]) for i in range(shape[0])]


def spread(array, shape):
    """Gives the values of an array repeated to fill a shape."""
    if array.shape == tuple(shape):
        return array._values()
    if array.size == 1:
        return array._values() * _size(shape)
    own = (1,) * (len(shape) - array.ndim) + tuple(array.shape)
    if len(own) != len(shape) or any(a not in (1, b) for a, b in zip(own, shape)):
        raise ValueError(f"could not broadcast input array from shape {array.shape} into shape {tuple(shape)}")
    strides = [0 if n == 1 else s for n, s in zip(own, _strides(own))]
    places = itertools.product(*(range(n) for n in shape))
    return [array._data[array._at[builtins.sum(map(operator.mul, strides, place))]] for place in places]


def common(*shapes):
    """Gives the shape that arrays of these shapes have together."""
    out = []
    for sizes in itertools.zip_longest(*(reversed(s) for s in shapes), fillvalue=1):
        several = {n for n in sizes if n != 1}
        if len(several) > 1:
            raise ValueError("operands could not be broadcast together with shapes " + " ".join(map(str, shapes)))
        out.append(several.pop() if several else 1)
    return tuple(out[::-1])


def plain(value):
    """Gives a Python number instead of one of numpy's."""
    for kind in (bool, int, float, complex):
        if isinstance(value, kind):
            return kind(value)
    return value


def _shown(array, separator):
    texts = _texts(array._values(), array.dtype.kind)
    width = max(map(len, texts), default=0)
    return _bracketed([t.rjust(width) for t in texts], array.shape, separator, 0)


def _texts(values, kind):
    if kind != "f":
        return [repr(v) if kind != "O" else str(v) for v in values]
    texts = [repr(float(f"{v:.9g}")) for v in values]
    if any("e" in t for t in texts):
        return texts
    tails = max((len(t.partition(".")[2]) for t in texts if t not in ("nan", "inf", "-inf", "0.0") and not t.endswith(".0")), default=0)
    return [t[: -len("0")].ljust(len(t) - 1 + tails) if t.endswith(".0") else t.ljust(len(t.partition(".")[0]) + 1 + tails) for t in texts]


def _bracketed(texts, shape, separator, depth):
    if not shape:
        return texts[0].strip()
    if len(shape) == 1:
        return "[" + separator.join(texts) + "]"
    inner = _size(shape[1:])
    rows = [_bracketed(texts[i * inner : (i + 1) * inner], shape[1:], separator, depth + 1) for i in range(shape[0])]
    return "[" + (separator.rstrip() + "\n" * (len(shape) - 1) + " " * (depth + 1)).join(rows) + "]"


# The module numpy puts in what makes arrays of other things, and reads names of kinds.
_array = _kind = None


def install(array, kind):
    global _array, _kind
    _array, _kind = array, kind
