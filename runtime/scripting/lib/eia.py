"""The preferred values of electronic parts (IEC 60063), under the names of Open edX's module.

    iseia(4700)             # True: a resistor of 10 % can have that value
    random.choice(E24) * 100
"""

import math
import numbers

E6 = [10, 15, 22, 33, 47, 68]
E12 = [10, 12, 15, 18, 22, 27, 33, 39, 47, 56, 68, 82]
E24 = [10, 12, 15, 18, 22, 27, 33, 39, 47, 56, 68, 82, 11, 13, 16, 20, 24, 30, 36, 43, 51, 62, 75, 91]


def _series(n):
    """A series of three digits: the powers of the n-th root of ten, rounded."""
    values = [round(100 * 10 ** (i / n)) for i in range(n)]
    return [920 if n == 192 and value == 919 else value for value in values]  # the standard has this one other than computed


E48, E96, E192 = _series(48), _series(96), _series(192)


def iseia(r, valid_types=(E6, E12, E24)):
    """Says whether some series holds a value r, a number or its text, at any power of ten."""
    if isinstance(r, str):
        try:
            r = float(r)
        except ValueError:
            return False
    if not isinstance(r, numbers.Real) or isinstance(r, bool) or not math.isfinite(r) or r < 0:
        return False
    if r == 0:
        return False
    for series in valid_types:
        digits = len(str(series[0]))
        mantissa = r / 10.0 ** (math.floor(math.log10(r)) - digits + 1)
        if abs(mantissa - round(mantissa)) < 1e-6 and _decade(round(mantissa), digits) in series:
            return True
    return False


def _decade(value, digits):
    return value // 10 if value == 10**digits else value
