"""Grades the plane of a crystal that a learner laid through three points (input crystallography), as Open edX's module does.

    grade('{"lattice": "bcc", "points": [["0.50", "0.00", "0.00"], ...]}', {"miller": "(2,2,2)", "lattice": "bcc"})
"""

import json
import math
from fractions import Fraction

# Points are moved to this grid: nobody hits them exactly.
GRID = 20


def grade(user_input, correct_answer):
    """Says whether the points lie on the plane with the author's Miller indices, in his lattice. (h,k,l) and (-h,-k,-l) are the
    same planes, so either counts.
    """
    answer = json.loads(user_input)
    if answer.get("lattice") != correct_answer["lattice"]:
        return False
    points = answer.get("points") or []
    if len(points) != 3:
        return False
    wanted = [int(n) for n in correct_answer["miller"].strip().strip("()").split(",")]
    found = miller(points)
    return found is not None and wanted in (found, [-n for n in found])


def miller(points):
    """Gives the indices [h, k, l] of the plane through three points, None when they lie on a line."""
    points = [[Fraction(_nearest(float(x)), GRID) for x in point] for point in points]
    normal = _cross(*([x - y for x, y in zip(point, points[0])] for point in points[1:]))
    if not any(normal):
        return None
    distance = _dot(normal, points[0])
    if distance == 0:
        distance = -_dot(normal, _origin(normal))
    inverse = [1 / _third(distance / n) if n else Fraction(0) for n in normal]
    scale = math.lcm(*(f.denominator for f in inverse))
    return [int(f * scale) for f in inverse]


def _nearest(x):
    return math.floor(x * GRID + 0.5)


def _origin(normal):
    """A plane through the origin has no intercepts: they are counted from a neighbouring corner of the cell. It is the one that
    lies alone on its side, else the nearest, else the first.
    """
    corners = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    sides = [_dot(normal, corner) for corner in corners]

    def order(i):
        alone = sum(1 for s in sides if s * sides[i] > 0)
        return sides[i] == 0, alone, abs(sides[i]), i

    return corners[min(range(3), key=order)]


def _third(intercept):
    """The grid has no thirds: 0.35 stands for one, 0.65 for two."""
    near = {Fraction(7, GRID): Fraction(1, 3), Fraction(13, GRID): Fraction(2, 3)}
    third = near.get(abs(intercept))
    if third is None:
        return intercept.limit_denominator(GRID) or intercept
    return third if intercept > 0 else -third


def _dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def _cross(a, b):
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
