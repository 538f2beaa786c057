"""Random numbers as Python 2 drew them. Open edX keeps those algorithms for problem scripts, so that a seed gives the same
variant as ever. The generator (MT19937) is the same as Python 3's.
"""

import math
import random as _python3


class Random(_python3.Random):
    """random.Random of Python 2.7."""

    # What Python 3 would use to draw below a number; everything here draws by multiplication instead.
    _width = 1 << 53

    def __init__(self, x=None):
        super().__init__(x)

    def seed(self, a=None, version=1):
        if a is not None and not isinstance(a, int):
            if isinstance(a, (str, bytes, bytearray)):
                super().seed(a, version=1)
                self.gauss_next = None
                return
            a = hash(a)
        super().seed(a)
        self.gauss_next = None

    def _below(self, n):
        if n < self._width:
            return int(self.random() * n)
        k = int(1.00001 + math.log(n - 1, 2.0))
        r = self.getrandbits(k)
        while r >= n:
            r = self.getrandbits(k)
        return r

    def randrange(self, start, stop=None, step=1):
        begin = int(start)
        if begin != start:
            raise ValueError("non-integer arg 1 for randrange()")
        if stop is None:
            if begin > 0:
                return self._below(begin)
            raise ValueError("empty range for randrange()")
        end = int(stop)
        if end != stop:
            raise ValueError("non-integer stop for randrange()")
        width = end - begin
        if step == 1:
            if width > 0:
                return int(begin + self._below(width))
            raise ValueError(f"empty range for randrange() ({begin},{end}, {width})")
        stride = int(step)
        if stride != step:
            raise ValueError("non-integer step for randrange()")
        if stride == 0:
            raise ValueError("zero step for randrange()")
        n = (width + stride - 1) // stride if stride > 0 else (width + stride + 1) // stride
        if n <= 0:
            raise ValueError("empty range for randrange()")
        return begin + stride * self._below(n)

    def randint(self, a, b):
        return self.randrange(a, b + 1)

    def choice(self, seq):
        return seq[int(self.random() * len(seq))]

    def shuffle(self, x, random=None, int=int):
        draw = random or self.random
        for i in reversed(range(1, len(x))):
            j = int(draw() * (i + 1))
            x[i], x[j] = x[j], x[i]

    def sample(self, population, k):
        if isinstance(population, (set, frozenset)):
            population = tuple(population)
        n = len(population)
        if not 0 <= k <= n:
            raise ValueError("sample larger than population")
        result = [None] * k
        small = 21
        if k > 5:
            small += 4 ** math.ceil(math.log(k * 3, 4))
        if n <= small or hasattr(population, "keys"):
            pool = list(population)
            for i in range(k):
                j = int(self.random() * (n - i))
                result[i] = pool[j]
                pool[j] = pool[n - i - 1]
            return result
        taken = set()
        for i in range(k):
            j = int(self.random() * n)
            while j in taken:
                j = int(self.random() * n)
            taken.add(j)
            result[i] = population[j]
        return result

    def uniform(self, a, b):
        return a + (b - a) * self.random()

    def triangular(self, low=0.0, high=1.0, mode=None):
        u = self.random()
        try:
            c = 0.5 if mode is None else (mode - low) / (high - low)
        except ZeroDivisionError:
            return low
        if u > c:
            u, c = 1.0 - u, 1.0 - c
            low, high = high, low
        return low + (high - low) * (u * c) ** 0.5

    def normalvariate(self, mu, sigma):
        magic = 4 * math.exp(-0.5) / math.sqrt(2.0)
        while True:
            u1 = self.random()
            u2 = 1.0 - self.random()
            z = magic * (u1 - 0.5) / u2
            if z * z / 4.0 <= -math.log(u2):
                return mu + z * sigma

    def gauss(self, mu, sigma):
        z, self.gauss_next = self.gauss_next, None
        if z is None:
            angle = self.random() * 2.0 * math.pi
            radius = math.sqrt(-2.0 * math.log(1.0 - self.random()))
            z = math.cos(angle) * radius
            self.gauss_next = math.sin(angle) * radius
        return mu + z * sigma

    def expovariate(self, lambd):
        return -math.log(1.0 - self.random()) / lambd

    def paretovariate(self, alpha):
        return 1.0 / pow(1.0 - self.random(), 1.0 / alpha)

    def weibullvariate(self, alpha, beta):
        return alpha * pow(-math.log(1.0 - self.random()), 1.0 / beta)

    def betavariate(self, alpha, beta):
        y = self.gammavariate(alpha, 1.0)
        return 0 if y == 0 else y / (y + self.gammavariate(beta, 1.0))

    def vonmisesvariate(self, mu, kappa):
        if kappa <= 1e-6:
            return 2.0 * math.pi * self.random()
        s = 0.5 / kappa
        r = s + math.sqrt(1.0 + s * s)
        while True:
            u1 = self.random()
            z = math.cos(math.pi * u1)
            d = z / (r + z)
            u2 = self.random()
            if u2 < 1.0 - d * d or u2 <= (1.0 - d) * math.exp(d):
                break
        q = 1.0 / r
        f = (q + z) / (1.0 + q * z)
        angle = math.acos(f)
        return (mu + angle if self.random() > 0.5 else mu - angle) % (2.0 * math.pi)

    def gammavariate(self, alpha, beta):
        if alpha <= 0.0 or beta <= 0.0:
            raise ValueError("gammavariate: alpha and beta must be > 0.0")
        if alpha > 1.0:
            return self._gamma_large(alpha) * beta
        if alpha == 1.0:
            u = self.random()
            while u <= 1e-7:
                u = self.random()
            return -math.log(u) * beta
        return self._gamma_small(alpha) * beta

    def _gamma_large(self, alpha):
        a = math.sqrt(2.0 * alpha - 1.0)
        b = alpha - math.log(4.0)
        c = alpha + a
        while True:
            u1 = self.random()
            if not 1e-7 < u1 < 0.9999999:
                continue
            u2 = 1.0 - self.random()
            v = math.log(u1 / (1.0 - u1)) / a
            x = alpha * math.exp(v)
            z = u1 * u1 * u2
            r = b + c * v - x
            if r + 1.0 + math.log(4.5) - 4.5 * z >= 0.0 or r >= math.log(z):
                return x

    def _gamma_small(self, alpha):
        while True:
            b = (math.e + alpha) / math.e
            p = b * self.random()
            x = p ** (1.0 / alpha) if p <= 1.0 else -math.log((b - p) / alpha)
            u = self.random()
            if p > 1.0 and u <= x ** (alpha - 1.0) or p <= 1.0 and u <= math.exp(-x):
                return x

    def jumpahead(self, n):
        """Python 3's generator cannot do it, and Open edX's says so, too."""
        raise NotImplementedError("jumpahead")


_shared = Random()
for _name in (
    "seed random randrange randint choice shuffle sample uniform triangular normalvariate gauss expovariate paretovariate "
    "weibullvariate betavariate vonmisesvariate gammavariate lognormvariate getrandbits getstate setstate jumpahead"
).split():
    globals()[_name] = getattr(_shared, _name)
