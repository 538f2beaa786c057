"""numpy.random, in the part that courses use: RandomState and the functions over one of its kind. A seed gives the numbers that
numpy gives.
"""

import math
import random as _random

from _nparray import ndarray
from _npmath import asarray, made
from _npscalar import FLOAT, INT, wrapped


class RandomState:
    """MT19937 as numpy seeds it."""

    def __init__(self, seed=None):
        self.seed(seed)

    def seed(self, seed=None):
        self._bits = _random.Random()
        self._spare = None
        if isinstance(seed, (list, tuple, ndarray)):
            self._bits.seed(sum(int(n) << 32 * i for i, n in enumerate(seed)))
        elif seed is not None:
            seed = int(seed)
            if not 0 <= seed < 1 << 32:
                raise ValueError("Seed must be between 0 and 2**32 - 1")
            state = [seed]
            for i in range(1, 624):
                state.append((1812433253 * (state[-1] ^ state[-1] >> 30) + i) & 0xFFFFFFFF)
            self._bits.setstate((3, (*state, 624), None))

    def get_state(self):
        return self._bits.getstate(), self._spare

    def set_state(self, state):
        self._bits.setstate(state[0])
        self._spare = state[1]

    def _fill(self, size, draw, kind=FLOAT):
        if size is None:
            return wrapped(draw())
        shape = (size,) if isinstance(size, int) else tuple(size)
        return made([draw() for _ in range(math.prod(shape))], shape, kind)

    def _upto(self, most):
        """A whole number from 0 to most."""
        if most == 0:
            return 0
        bits = most.bit_length()
        while True:
            if bits <= 32:
                value = self._bits.getrandbits(32) & ((1 << bits) - 1)
            else:
                high = self._bits.getrandbits(32)
                value = (high << 32 | self._bits.getrandbits(32)) & ((1 << bits) - 1)
            if value <= most:
                return value

    def random_sample(self, size=None):
        return self._fill(size, self._bits.random)

    random = ranf = sample = random_sample

    def rand(self, *shape):
        return self.random_sample(shape or None)

    def uniform(self, low=0.0, high=1.0, size=None):
        return self._fill(size, lambda: low + (high - low) * self._bits.random())

    def randint(self, low, high=None, size=None, dtype=int):
        if high is None:
            low, high = 0, low
        low, high = math.ceil(low), math.ceil(high)
        if low >= high:
            raise ValueError("low >= high")
        return self._fill(size, lambda: low + self._upto(high - low - 1), INT)

    def random_integers(self, low, high=None, size=None):
        return self.randint(1, low + 1, size) if high is None else self.randint(low, high + 1, size)

    def _normal(self):
        if self._spare is not None:
            value, self._spare = self._spare, None
            return value
        while True:
            x, y = 2.0 * self._bits.random() - 1.0, 2.0 * self._bits.random() - 1.0
            r = x * x + y * y
            if 0.0 < r < 1.0:
                f = math.sqrt(-2.0 * math.log(r) / r)
                self._spare = f * x
                return f * y

    def normal(self, loc=0.0, scale=1.0, size=None):
        return self._fill(size, lambda: loc + scale * self._normal())

    def standard_normal(self, size=None):
        return self.normal(size=size)

    def randn(self, *shape):
        return self.normal(size=shape or None)

    def exponential(self, scale=1.0, size=None):
        return self._fill(size, lambda: -math.log(1.0 - self._bits.random()) * scale)

    def shuffle(self, x):
        for i in reversed(range(1, len(x))):
            j = self._upto(i)
            if isinstance(x, ndarray) and x.ndim > 1:
                x[i], x[j] = x[j].copy(), x[i].copy()
            else:
                x[i], x[j] = x[j], x[i]

    def permutation(self, x):
        x = asarray(range(x)) if isinstance(x, int) else asarray(x).copy()
        self.shuffle(x)
        return x

    def choice(self, a, size=None, replace=True, p=None):
        items = asarray(range(a)) if isinstance(a, int) else asarray(a)
        if len(items) == 0:
            raise ValueError("'a' cannot be empty unless no samples are taken")
        count = 1 if size is None else math.prod((size,) if isinstance(size, int) else size)
        if not replace and count > len(items):
            raise ValueError("Cannot take a larger sample than population when 'replace=False'")
        if p is not None:
            picked = self._weighted(p, count, replace)
        elif replace:
            picked = [self._upto(len(items) - 1) for _ in range(count)]
        else:
            picked = self.permutation(len(items)).tolist()[:count]
        if size is None:
            return items[picked[0]]
        chosen = items[picked]
        return chosen if isinstance(size, int) else chosen.reshape(size)

    def _weighted(self, p, count, replace):
        if not replace:
            raise NotImplementedError("weights without replacement are not supported here")
        running, total = [], 0.0
        for weight in asarray(p)._values():
            total += weight
            running.append(total)
        if abs(total - 1) > 1e-8:
            raise ValueError("probabilities do not sum to 1")
        draws = [self._bits.random() for _ in range(count)]
        return [next((i for i, r in enumerate(running) if u < r / total), len(running) - 1) for u in draws]


_shared = RandomState(0)
for _name in (
    "seed get_state set_state random_sample random ranf sample rand uniform randint random_integers normal standard_normal randn "
    "exponential shuffle permutation choice"
).split():
    globals()[_name] = getattr(_shared, _name)
