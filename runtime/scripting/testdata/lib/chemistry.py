# Formulas, planes of crystals, shapes of molecules.
import json
from fractions import Fraction

import chemcalc
import chemtools
import miller

equal, divide = chemcalc.chemical_equations_equal, chemcalc.divide_chemical_expression
assert equal("CH4 + 2O2 -> CO2 + 2H2O", "2O2+CH4 -> 2H2O+CO2", exact=True)
assert equal("2CH4 + 4O2 -> 2CO2 + 4H2O", "CH4 + 2O2 -> CO2 + 2H2O")
assert not equal("2CH4 + 4O2 -> 2CO2 + 4H2O", "CH4 + 2O2 -> CO2 + 2H2O", exact=True)
assert not equal("CH4 + 2O2 <-> CO2 + 2H2O", "CH4 + 2O2 -> CO2 + 2H2O")
assert not equal("2CH4 + 4O2 -> CO2 + 2H2O", "CH4 + 2O2 -> CO2 + 2H2O")
assert not equal("CH4 => CO2", "CH4 -> CO2") and not equal("Ch( -> CO2", "CH4 -> CO2") and not equal("", "CH4 -> CO2")
assert divide("4Na^+ + 2SO4^2-", "2Na^1+ + SO4^2-") == 2 and divide("3/2O2", "3O2") == Fraction(1, 2)
assert divide("2H2O", "3CO2") is False and divide("2H2O + CO2", "H2O + CO2") is False and divide("H2O", "0H2O") is False
assert divide("H2O(l)", "2H2O", ignore_state=True) == Fraction(1, 2) and divide("H2O(l)", "2H2O") is False
assert not chemcalc.compare_chemical_expression("H2O", "OH2")
assert chemcalc.compare_chemical_expression("[Ni(NH3)4]^2+ + Fe(OH)3(s)", "Fe(OH)3(s)+[Ni(NH3)4]^2+")
for nonsense in ("5.2H2O", "Xx", "H2O +", "(H", "1/0H", "(" * 60 + "H" + ")" * 60):
    try:
        divide(nonsense, "H")
        raise AssertionError(nonsense)
    except chemcalc.ParseException:
        pass
assert chemcalc.render_to_html("1/2O2 + Mg -> MgO") == (
    '<span class="math"><sup>1</sup>&frasl;<sub>2</sub>O<sub>2</sub>+Mg\u2192MgO</span>'
)
assert "&lt;b&gt;" in chemcalc.render_to_html("<b>")


def plane(indices, *points):
    return miller.grade(json.dumps({"lattice": "fcc", "points": points}), {"miller": indices, "lattice": "fcc"})


assert plane("(1,1,1)", ["1", "0", "0"], ["0", "1", "0"], ["0", "0", "1"])
assert plane("(3, 3, 3)", ["0.33", "0", "0"], ["0", "0.33", "0"], ["0", "0", "0.33"])
assert plane("(1,0,0)", ["1", "0", "0"], ["1", "1", "0"], ["1", "0", "0.98"])
assert plane("(1,1,-1)", ["0", "0", "0"], ["1", "0", "1"], ["0", "1", "1"])
assert plane("(0,1,-2)", ["1", "0", "0.5"], ["0", "0", "0.5"], ["1", "1", "1"])
assert not plane("(2,1,1)", ["1", "0", "0"], ["0", "1", "0"], ["0", "0", "1"])
assert not plane("(1,1,1)", ["1", "0", "0"], ["0", "1", "0"]) and not plane("(1,1,1)", *[["0", "0", "0"]] * 3)
assert not miller.grade('{"lattice": "sc", "points": []}', {"miller": "(1,1,1)", "lattice": "fcc"})

answer = chemtools.vsepr_parse_user_answer('{"geometry": "AX2E0", "atoms": {"c0": "B", "p0": "F", "p1": "H"}}')
assert chemtools.vsepr_grade(answer, chemtools.vsepr_build_correct_answer("AX2E0", {"c0": "B", "p0": "H", "p1": "F"}))
assert not chemtools.vsepr_grade(answer, chemtools.vsepr_build_correct_answer("AX2E0", {"c0": "F", "p0": "H", "p1": "B"}))
assert not chemtools.vsepr_grade(answer, chemtools.vsepr_build_correct_answer("AX3E0", {"c0": "B", "p0": "H", "p1": "F"}))
