"""Grades drag and drop inputs, as Open edX's module of this name does.

    grade(answer, {"ant": [[500, 0], 200], "leaf": "target1"})
    grade(answer, [{"draggables": ["a", "b"], "targets": ["t1", "t2"], "rule": "anyof"}])

The answer is what the input sends: a JSON list of {draggable: place}, in the order of dropping. A place is the name of a target,
a point [x, y], or, for a thing dropped onto another thing, {target of that thing: {that thing: its place}}; the last is named
"place[thing][target]".
"""

import json
import math

# How far from a point a draggable may lie, in pixels, where the author does not say.
RADIUS = 10

EXACT, ANY, SAME = "exact", "anyof", "unordered_equal"


def grade(user_input, correct_answer):
    """Says whether everything that the author names lies where it may, and nothing else was moved."""
    dropped = [pair for item in _items(user_input) for pair in item.items()]
    groups = _groups(correct_answer)
    named = {name for group in groups for name in group["draggables"]}
    if any(name not in named for name, _ in dropped):
        return False
    return all(_fits(group, dropped) for group in groups)


def _items(user_input):
    items = json.loads(user_input) if isinstance(user_input, (str, bytes)) else user_input
    if isinstance(items, dict):  # as browsers sent it before 2013
        items = items.get("draggables", [])
    return items


def _groups(correct_answer):
    if isinstance(correct_answer, dict):
        return [{"draggables": [name], "targets": [place], "rule": EXACT} for name, place in correct_answer.items()]
    return correct_answer


def _fits(group, dropped):
    names = [name for name, _ in dropped if name in group["draggables"]]
    places = [_place(place) for name, place in dropped if name in group["draggables"]]
    rule, plus, _ = group["rule"].partition("+number")
    wanted = list(group["draggables"])
    if plus:
        if sorted(names) != sorted(wanted):
            return False
    elif set(names) != set(wanted):
        return False
    if rule == EXACT:
        return _exact(wanted, list(group["targets"]), names, places)
    if rule == SAME:
        return _same(list(group["targets"]), places)
    return rule == ANY and all(any(_at(place, target) for target in group["targets"]) for place in places)


def _exact(wanted, targets, names, places):
    """Each draggable lies on the target that stands at its place in the list; one that is named once may lie on all of them."""
    if len(set(wanted)) == 1:
        return len(places) == len(targets) and all(map(_at, places, targets))
    order = {name: i for i, name in reversed(list(enumerate(wanted)))}
    placed = [place for _, place in sorted(zip(names, places), key=lambda pair: order[pair[0]])]
    return len(placed) == len(targets) and all(map(_at, placed, targets))


def _same(targets, places):
    """Every place has a target of its own, and every target a place: found by trying again where two want the same."""
    if len(targets) != len(places):
        return False
    taken = {}

    def seat(place, seen):
        for i, target in enumerate(targets):
            if i not in seen and _at(places[place], target):
                seen.add(i)
                if i not in taken or seat(taken[i], seen):
                    taken[i] = place
                    return True
        return False

    return all(seat(place, set()) for place in range(len(places)))


def _place(place):
    """Gives the name of a place on a thing that was dropped itself."""
    if not isinstance(place, dict):
        return place
    (target, below), = place.items()
    (thing, where), = below.items()
    return f"{_place(where)}[{thing}][{target}]"


def _at(place, target):
    if isinstance(place, str) or isinstance(target, str):
        return place == target
    (x, y), radius = _circle(target)
    (u, v), more = _circle(place)
    return math.hypot(u - x, v - y) <= max(radius, more)


def _circle(place):
    if isinstance(place[0], (list, tuple)):
        return place[0], place[1]
    return place, RADIUS
