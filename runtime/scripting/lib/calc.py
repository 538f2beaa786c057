"""Computes formulas as learners type them, as Open edX's calculator does.

    evaluator({"x": 3}, {}, "2*x^2 + sqrt(16)")

Plus, minus, times, divided, power (^, from the right), parallel resistors (||), percent behind a number, functions of one argument
in parentheses. Nothing multiplies by standing side by side. Names are letters, digits, underscores and primes, or tensors such as
U_{ij}^{k}. An empty formula is nan.
"""

import cmath
import math
import re

import numpy
from numpy import complex128, float64

# Limits, so that no formula takes for ever.
MAX_LENGTH, MAX_DEPTH, MAX_BITS = 10_000, 60, 1 << 14


class UndefinedVariable(Exception):
    """A formula names something unknown."""


class UnmatchedParenthesis(Exception):
    """A parenthesis is never closed, or never opened."""


class ParseException(Exception):
    """This is no formula."""


def _array(x):
    """A number that divides by zero without an error, as numpy's do."""
    return complex128(x) if isinstance(x, complex) else float64(x)


def _function(name, outside=None):
    """numpy's function of that name; where outside says so of a real number, its complex side."""
    both = getattr(numpy, name)

    def call(x):
        if isinstance(x, int):
            x = float(x)
        if outside is not None and not isinstance(x, complex) and outside(x):
            x = complex(x)
        return _array(both(x))

    return call


def _inverse(f):
    return lambda x: _array(1 / f(x))


def _of_inverse(f):
    return lambda x: f(1.0 / x)


def _arccot(x):
    real = x.real
    return _array((-math.pi / 2 if real < 0 else math.pi / 2) - _ARCTAN(x))


def _factorial(x):
    if not isinstance(x, int):
        raise TypeError("only whole numbers have a factorial")
    if x < 0:
        raise ValueError("factorial() not defined for negative values")
    if x > MAX_BITS // 8:
        raise OverflowError("this factorial is too large")
    return math.factorial(x)


def _abs(x):
    return abs(x) if isinstance(x, int) else _array(abs(x))


def _negative(x):
    return x < 0


def _beyond_one(x):
    return abs(x) > 1


_SIN, _COS, _TAN = _function("sin"), _function("cos"), _function("tan")
_SINH, _COSH, _TANH = _function("sinh"), _function("cosh"), _function("tanh")
_ARCTAN = _function("arctan")

DEFAULT_FUNCTIONS = {
    "sin": _SIN,
    "cos": _COS,
    "tan": _TAN,
    "sec": _inverse(_COS),
    "csc": _inverse(_SIN),
    "cot": _inverse(_TAN),
    "sqrt": _function("sqrt", _negative),
    "log10": _function("log10", _negative),
    "log2": _function("log2", _negative),
    "ln": _function("log", _negative),
    "exp": _function("exp"),
    "arccos": _function("arccos", _beyond_one),
    "arcsin": _function("arcsin", _beyond_one),
    "arctan": _ARCTAN,
    "arcsec": _of_inverse(_function("arccos")),
    "arccsc": _of_inverse(_function("arcsin")),
    "arccot": _arccot,
    "abs": _abs,
    "fact": _factorial,
    "factorial": _factorial,
    "sinh": _SINH,
    "cosh": _COSH,
    "tanh": _TANH,
    "sech": _inverse(_COSH),
    "csch": _inverse(_SINH),
    "coth": _inverse(_TANH),
    "arcsinh": _function("arcsinh"),
    "arccosh": _function("arccosh"),
    "arctanh": _function("arctanh", _beyond_one),
    "arcsech": _of_inverse(_function("arccosh")),
    "arccsch": _of_inverse(_function("arcsinh")),
    "arccoth": _of_inverse(_function("arctanh")),
}
DEFAULT_VARIABLES = {"i": 1j, "j": 1j, "e": math.e, "pi": math.pi}

_NUMBER = re.compile(r"[ \t\n\r]*([+-]?)[ \t\n\r]*(\d+\.?\d*|\.\d+)([ \t\n\r]*[eE][ \t\n\r]*[+-]?[ \t\n\r]*\d+)?", re.ASCII)
_TENSOR = re.compile(r"[A-Za-z][A-Za-z0-9]*(_\{[A-Za-z0-9]+\}(\^\{[A-Za-z0-9]+\})?|\^\{[A-Za-z0-9]+\})'*")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*'*")
_SPACE = re.compile(r"[ \t\n\r]*")


class _Parser:
    """Turns a formula into nested tuples: (kind, ...)."""

    def __init__(self, text):
        self.text, self.at, self.depth = text, 0, 0
        self.variables, self.functions = set(), set()

    def fail(self):
        raise ParseException(f"this is no formula: {self.text!r} goes wrong at character {self.at + 1}")

    def peek(self, *words):
        self.at = _SPACE.match(self.text, self.at).end()
        return next((w for w in words if self.text.startswith(w, self.at)), "")

    def accept(self, *words):
        word = self.peek(*words)
        self.at += len(word)
        return word

    def whole(self):
        tree = self.sum()
        self.peek()
        if self.at < len(self.text):
            self.fail()
        return tree

    def sum(self):
        sign = self.accept("+", "-")
        first = self.product()
        if not sign and not self.peek("+", "-"):
            return first
        return self.rest(("sum", [(sign or "+", first)]), ("+", "-"), self.product)

    def product(self):
        first = self.parallel()
        if not self.peek("*", "/"):
            return first
        return self.rest(("product", [("*", first)]), ("*", "/"), self.parallel)

    def rest(self, tree, words, operand):
        while True:
            sign = self.accept(*words)
            if not sign:
                return tree
            tree[1].append((sign, operand()))

    def parallel(self):
        kids = [self.power()]
        while self.accept("||"):
            kids.append(self.power())
        return kids[0] if len(kids) == 1 else ("parallel", kids)

    def power(self):
        kids = [self.atom()]
        while self.accept("^"):
            kids.append(self.atom())
        return kids[0] if len(kids) == 1 else ("power", kids)

    def atom(self):
        found = _NUMBER.match(self.text, self.at)
        if found:
            return self.number(found)
        if self.accept("("):
            return ("group", self.enclosed())
        self.peek()
        tensor = _TENSOR.match(self.text, self.at)
        found = tensor or _NAME.match(self.text, self.at)
        if not found:
            self.fail()
        self.at, name = found.end(), found.group()
        if tensor or not self.accept("("):
            self.variables.add(name)
            return ("variable", name)
        self.functions.add(name)
        return ("call", name, self.enclosed())

    def enclosed(self):
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ParseException("the parentheses are nested too deep")
        tree = self.sum()
        self.depth -= 1
        if not self.accept(")"):
            self.fail()
        return tree

    def number(self, found):
        self.at = found.end()
        sign, digits, exponent = found.groups()
        if "." in digits or exponent:
            value = float(sign + digits + re.sub(r"[ \t\n\r]", "", exponent or ""))
        else:
            value = int(sign + digits)
        return ("number", value * 0.01 if self.accept("%") else value)


def _check_parentheses(text):
    depth = 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth < 0:
            raise UnmatchedParenthesis(f"Invalid Input: A closing parenthesis was found after segment {text[:i]}, but there is no matching opening parenthesis before it.")
    if depth > 0:
        raise UnmatchedParenthesis(f"Invalid Input: Parentheses are unmatched. {depth} parentheses were opened but never closed.")


def _power(a, b):
    if isinstance(a, int) and isinstance(b, int) and b > 0 and (abs(a).bit_length() - 1) * b > MAX_BITS:
        raise OverflowError("this power is too large")
    return a**b


def _settled(value):
    """A number that stands alone is a sum and a product of one: it is added to 0 and multiplied by 1."""
    if isinstance(value, complex):
        if cmath.isinf(value):
            value = 1 * value
        return type(value)(complex(value.real + 0.0, value.imag + 0.0))
    return value + 0 if isinstance(value, float) else value


class _Evaluation:
    def __init__(self, variables, functions):
        self.variables, self.functions = variables, functions

    def settled(self, tree):
        return _settled(self.value(tree))

    def value(self, tree):
        kind = tree[0]
        if kind == "number":
            return tree[1]
        if kind == "variable":
            return self.variables[tree[1]]
        if kind == "group":
            return self.settled(tree[1])
        if kind == "call":
            return self.functions[tree[1]](self.settled(tree[2]))
        if kind in ("sum", "product"):
            return self.joined(tree)
        values = [self.value(kid) for kid in tree[1]]
        if kind == "parallel":
            return math.nan if 0 in values else 1.0 / sum(1.0 / v for v in values)
        result = values.pop()
        while values:
            result = _power(values.pop(), result)
        return result

    def joined(self, tree):
        values = [(sign, self.value(kid)) for sign, kid in tree[1]]
        result = 0 if tree[0] == "sum" else 1
        for sign, value in values:
            if sign == "+":
                result = result + value
            elif sign == "-":
                result = result - value
            elif sign == "*":
                result = result * value
            else:
                result = result / value
        return result


def _known(names, defaults, given, case_sensitive):
    """Finds what the names of a formula stand for: a map, and the names that stand for nothing."""
    fold = (lambda name: name) if case_sensitive else str.lower
    values = {fold(name): value for name, value in {**defaults, **given}.items()}
    return {n: values[fold(n)] for n in names if fold(n) in values}, sorted(n for n in names if fold(n) not in values), values


def _undefined(unknown, what, values, is_variable):
    message = f"Invalid Input: {', '.join(unknown)} not permitted in answer as a {what}"
    alike = sorted({v for v in values for n in unknown if v.lower() == n.lower()})
    if is_variable:
        message += " (did you forget to use * for multiplication?)"
    if alike:
        message += f" (did you mean {', '.join(alike)}?)"
    return UndefinedVariable(message)


def evaluator(variables, functions, math_expr, case_sensitive=False):
    """Computes a formula with variables and functions besides the usual ones. Case counts only where asked for.

    It raises UndefinedVariable, UnmatchedParenthesis, ParseException, ZeroDivisionError, OverflowError, TypeError or ValueError.
    """
    if math_expr.strip() == "":
        return math.nan
    if len(math_expr) > MAX_LENGTH:
        raise OverflowError("the formula is too long")
    _check_parentheses(math_expr)
    parser = _Parser(math_expr)
    tree = parser.whole()
    named, unknown, all_variables = _known(parser.variables, DEFAULT_VARIABLES, variables, case_sensitive)
    if unknown:
        raise _undefined(unknown, "variable", all_variables, False)
    called, unknown, all_functions = _known(parser.functions, DEFAULT_FUNCTIONS, functions, case_sensitive)
    if unknown:
        raise _undefined(unknown, "function", all_functions, any((n if case_sensitive else n.lower()) in all_variables for n in unknown))
    return _Evaluation(named, called).settled(tree)
