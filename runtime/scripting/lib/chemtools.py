"""Grades inputs that show the shape of a molecule (vsepr_input), as Open edX's module of this name does.

    vsepr_grade(vsepr_parse_user_answer(answer), vsepr_build_correct_answer("AX4E0", {"c0": "N", "p0": "H"}))
"""

import json


def vsepr_parse_user_answer(user_input):
    """Reads what the input sends: the name of a geometry and the atoms by place."""
    return json.loads(user_input)


def vsepr_build_correct_answer(geometry, atoms):
    """Names a geometry, and its atoms by place: c0 in the centre, p0, p1 ... around it, or a0 ... (axis) and e0 ... (equator)."""
    return {"geometry": geometry, "atoms": dict(atoms)}


def vsepr_grade(user_input, correct_answer, convert_to_peripheral=False):
    """Says whether the geometry is right and so are the atoms: which of the places of one kind an atom takes is all the same.

    convert_to_peripheral disregards whether an atom lies on the axis or the equator.
    """
    if user_input["geometry"] != correct_answer["geometry"]:
        return False
    return _kinds(user_input["atoms"], convert_to_peripheral) == _kinds(correct_answer["atoms"], convert_to_peripheral)


def _kinds(atoms, peripheral):
    kinds = {}
    for place, atom in atoms.items():
        kind = place[:1]
        if peripheral and kind in "ae":
            kind = "p"
        kinds.setdefault(kind, []).append(atom)
    return {kind: sorted(names) for kind, names in kinds.items()}
