# The calculator; the recorded formulas are compared in Go (TestRecordedCalculator).
import math

import calc


def fails(error, *args, says=""):
    try:
        calc.evaluator(*args)
    except error as e:
        assert says in str(e), e
        return
    raise AssertionError(f"{args} did not fail")


assert calc.evaluator({"x": 3}, {}, "2*x^2 + sqrt(16)") == 22
assert calc.evaluator({}, {}, "-2^2") == -4 and calc.evaluator({}, {}, "2^-2^2") == 16
assert calc.evaluator({}, {}, "2||2") == 1 and calc.evaluator({}, {}, "50%") == 0.5 and calc.evaluator({}, {}, "1.5e3") == 1500
assert calc.evaluator({"U_{ij}^{k}": 2, "m'": 3}, {}, "U_{ij}^{k}*m'") == 6
assert calc.evaluator({}, {"double": lambda x: 2 * x}, "DOUBLE(4)") == 8
assert calc.evaluator({}, {}, "sqrt(-1)") == 1j and calc.evaluator({}, {}, "1/sin(0)") == math.inf
assert math.isnan(calc.evaluator({}, {}, " ")) and calc.evaluator({}, {}, "fact(5)") == 120
fails(calc.ParseException, {}, {}, "2 3")
fails(calc.ParseException, {}, {}, "1+")
fails(calc.UnmatchedParenthesis, {}, {}, "(1")
fails(calc.UndefinedVariable, {}, {}, "y", says="y not permitted in answer as a variable")
fails(calc.UndefinedVariable, {"X": 1}, {}, "x", True, says="did you mean X?")
fails(calc.UndefinedVariable, {"r": 1}, {}, "r(2)", says="forget to use *")
fails(ZeroDivisionError, {}, {}, "1/0")
fails(OverflowError, {}, {}, "9^9^9")
fails(calc.ParseException, {}, {}, "(" * 70 + "1" + ")" * 70)
