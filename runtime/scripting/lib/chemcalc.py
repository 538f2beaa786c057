"""Compares chemical formulas and equations, as Open edX's module of this name does.

    chemical_equations_equal("2H2 + O2 -> 2H2O", "O2 + 2H2 -> 2H2O")    # True
    divide_chemical_expression("2H2O", "H2O")                           # 2

An expression is species joined by +: a factor (2, 7/2), atoms and groups with counts (Fe(OH)3, [Ni(NH3)4]), a charge (^2+) and
a phase ((s), (l), (g), (aq)). The order of species is all the same, that of atoms in a species is not.
"""

import html
import re
from fractions import Fraction

ARROWS = ("<->", "->")
PHASES = ("(s)", "(l)", "(g)", "(aq)")

ELEMENTS = frozenset(
    "Ac Ag Al Am Ar As At Au B Ba Be Bh Bi Bk Br C Ca Cd Ce Cf Cl Cm Cn Co Cr Cs Cu Db Ds Dy Er Es Eu F Fe Fl Fm Fr Ga Gd Ge H He "
    "Hf Hg Ho Hs I In Ir K Kr La Li Lr Lu Lv Mc Md Mg Mn Mo Mt N Na Nb Nd Ne Nh Ni No Np O Og Os P Pa Pb Pd Pm Po Pr Pt Pu Ra Rb "
    "Re Rf Rg Rh Rn Ru S Sb Sc Se Sg Si Sm Sn Sr Ta Tb Tc Te Th Ti Tl Tm Ts U V W Xe Y Yb Zn Zr".split()
)

MOST = 50  # groups within groups


class ParseException(ValueError):
    """What was typed is no chemical expression."""


class _Reader:
    """Reads an expression into species: (factor, parts, phase), the parts being (kind, text) in the order written."""

    def __init__(self, text):
        self.text, self.at, self.depth = re.sub(r"\s+", "", text), 0, 0

    def take(self, pattern):
        found = re.compile(pattern).match(self.text, self.at)
        if not found:
            return ""
        self.at = found.end()
        return found.group()

    def fail(self):
        raise ParseException(f"{self.text!r} is no chemical expression: it ends making sense at character {self.at + 1}")

    def expression(self):
        species = [self.species()]
        while self.at < len(self.text):
            if not self.take(r"\+"):
                self.fail()
            species.append(self.species())
        return species

    def species(self):
        number = self.take(r"\d+(/\d+)?")
        if number.endswith("/0") or re.search(r"/0+$", number):
            self.fail()
        parts = []
        self.groups(parts)
        phase = self.phase()
        return Fraction(number or 1), number, parts, phase

    def phase(self):
        for phase in PHASES:
            if self.text.startswith(phase, self.at):
                self.at += len(phase)
                return phase
        return ""

    def groups(self, parts):
        start = len(parts)
        while self.group(parts):
            count = self.take(r"\d+")
            if count:
                parts.append(("count", count))
        if len(parts) == start:
            self.fail()
        charge = self.take(r"\^\d*[+-]")
        if charge:
            parts.append(("charge", charge[1:]))

    def group(self, parts):
        name = self.element()
        if name:
            parts.append(("text", name))
            return True
        if self.at >= len(self.text) or self.text[self.at] not in "([" or self.text.startswith(PHASES, self.at):
            return False
        close = ")" if self.text[self.at] == "(" else "]"
        parts.append(("text", self.text[self.at]))
        self.at += 1
        self.depth += 1
        if self.depth > MOST:
            self.fail()
        self.groups(parts)
        if not self.text.startswith(close, self.at):
            self.fail()
        self.at += 1
        self.depth -= 1
        parts.append(("text", close))
        return True

    def element(self):
        for length in (2, 1):
            name = self.text[self.at : self.at + length]
            if len(name) == length and name in ELEMENTS:
                self.at += length
                return name
        return ""


def _sides(equation):
    """Splits at the first arrow: left, arrow, right."""
    for arrow in ARROWS:
        left, found, right = equation.partition(arrow)
        if found:
            return left, arrow, right
    return None


def _formula(parts, phase):
    """The species as compared: a charge of 1 may be written or not."""
    texts = [re.sub(r"^1(?=[+-])", "", text) if kind == "charge" else text for kind, text in parts]
    kinds = [kind for kind, _ in parts]
    return list(zip(kinds, texts)), phase


def divide_chemical_expression(s1, s2, ignore_state=False):
    """Gives the factor f for which s1 is f times s2, a Fraction, or False when there is none."""
    both = []
    for text in (s1, s2):
        species = _Reader(text).expression()
        both.append(sorted((_formula(parts, "" if ignore_state else phase), factor) for factor, _, parts, phase in species))
    if [formula for formula, _ in both[0]] != [formula for formula, _ in both[1]]:
        return False
    ratios = set()
    for (_, first), (_, second) in zip(*both):
        if second == 0:
            return False
        ratios.add(first / second)
    return ratios.pop() if len(ratios) == 1 else False


def compare_chemical_expression(s1, s2, ignore_state=False):
    """Says whether two expressions are the same, factors included."""
    return divide_chemical_expression(s1, s2, ignore_state) == 1


def chemical_equations_equal(eq1, eq2, exact=False):
    """Says whether two equations are the same; unless exact, one may be a multiple of the other. Nonsense equals nothing."""
    first, second = _sides(eq1), _sides(eq2)
    if first is None or second is None or first[1] != second[1]:
        return False
    try:
        left = divide_chemical_expression(first[0], second[0])
        right = divide_chemical_expression(first[2], second[2])
    except ParseException:
        return False
    if not left or left != right:
        return False
    return left == 1 if exact else True


def render_to_html(eq):
    """Gives an equation or expression as HTML; what cannot be read is marked as wrong."""
    sides = _sides(eq)
    try:
        if sides is None:
            shown = _side(eq)
        else:
            shown = _side(sides[0]) + {"->": "\u2192", "<->": "\u2194"}[sides[1]] + _side(sides[2])
    except ParseException:
        shown = f'<span class="inline-error inline">{html.escape(eq)}</span>'
    return f'<span class="math">{shown}</span>'


def _side(text):
    return "+".join(_shown(*species) for species in _Reader(text).expression())


def _shown(_, number, parts, phase):
    over, slash, under = number.partition("/")
    out = [f"<sup>{over}</sup>&frasl;<sub>{under}</sub>" if slash else number]
    for kind, text in parts:
        out.append({"count": "<sub>%s</sub>", "charge": "<sup>%s</sup>"}.get(kind, "%s") % text)
    return "".join(out) + phase
