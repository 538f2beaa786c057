# Drag and drop: points with their distances, targets with their rules, things on things.
import json

import draganddrop


def grade(answer, right):
    return draganddrop.grade(json.dumps(answer), right)


def rule(name, draggables, targets):
    return {"rule": name, "draggables": draggables, "targets": targets}


assert grade([{"a": [12, 22]}, {"b": "t"}], {"a": [[10, 20], 15], "b": "t"})
assert not grade([{"a": [12, 22]}], {"a": [[10, 20], 15], "b": "t"}) and not grade([{"a": "t"}, {"c": "t"}], {"a": "t"})
assert grade([{"a": [17, 17]}], {"a": [10, 10]}) and not grade([{"a": [18, 17]}], {"a": [10, 10]}) and grade([], {})

both = rule("exact", ["a", "b"], ["t1", "t2"])
assert grade([{"b": "t2"}, {"a": "t1"}], [both]) and not grade([{"a": "t2"}, {"b": "t1"}], [both])
both = rule("anyof", ["a", "b"], ["t1", "t2"])
assert grade([{"a": "t1"}, {"b": "t1"}], [both]) and not grade([{"a": "t1"}, {"b": "t3"}], [both]) and not grade([{"a": "t1"}], [both])
both = rule("unordered_equal", ["a", "b"], ["t1", "t2"])
assert grade([{"a": "t2"}, {"b": "t1"}], [both]) and not grade([{"a": "t1"}, {"b": "t1"}], [both])
# One of the two points is near both targets.
points = rule("unordered_equal", ["a", "b"], [[[0, 0], 20], [[15, 0], 5]])
assert grade([{"a": [14, 0]}, {"b": [1, 0]}], [points]) and grade([{"b": [1, 0]}, {"a": [14, 0]}], [points])
again = rule("unordered_equal", ["a"], ["t1", "t4"])
assert grade([{"a": "t4"}, {"a": "t1"}], [again]) and not grade([{"a": "t4"}], [again])
twice = rule("anyof+number", ["a", "a"], ["t1", "t2", "t3"])
assert grade([{"a": "t1"}, {"a": "t3"}], [twice]) and not grade([{"a": "t1"}], [twice])
assert not grade([{"a": "t1"}, {"a": "t2"}, {"a": "t3"}], [twice])
on = rule("anyof", ["up"], ["left[box][slot]"])
assert grade([{"up": {"slot": {"box": "left"}}}], [on]) and grade([{"up": "left[box][slot]"}], [on])
assert not grade([{"up": {"slot": {"box": "right"}}}], [on])
deep = rule("anyof", ["x"], ["left[m][p][s][1]"])
assert grade([{"x": {"1": {"s": {"p": {"m": "left"}}}}}], [deep])
