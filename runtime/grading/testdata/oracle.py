"""Prints testdata/course.jsonl: random courses graded by the rules of Open edX, in the language whose rounding and number
formats they are written in. Run: python3 oracle.py > course.jsonl"""

import json
import math
import random


def around(v):  # numpy.around(v, 2)
    return round(v * 100) / 100


def away(v):
    return float(math.floor(v + 0.5)) if v >= 0 else float(math.ceil(v - 0.5))


def grade_type(t, subsections):
    entries = [s for s in subsections if s["graded"] and s["possible"] > 0 and s["type"] == t["type"]]
    kind, short, start = t.get("section_type") or t["type"], t.get("short_label") or t["type"], t.get("starting_index", 1)
    category = t.get("category") or t["type"]
    rows = []
    for i in range(max(int(float(t["min_count"])), len(entries))):
        n = i + start
        if i < len(entries):
            s = entries[i]
            percent = around(s["earned"] / s["possible"])
            detail = f'{kind} {n} - {s["name"]} - {percent:.0%} ({float(s["earned"]):.3n}/{float(s["possible"]):.3n})'
        else:
            percent, detail = 0.0, f"{kind} {n} Unreleased - 0% (?/?)"
        rows.append({"percent": percent, "label": f"{short} {n:02d}", "detail": detail, "category": category})
    best_first = sorted(range(len(rows)), key=lambda i: -rows[i]["percent"])
    dropped = best_first[-t["drop_count"]:] if t["drop_count"] > 0 else []
    total = 0
    for i, row in enumerate(rows):
        if i not in dropped:
            total += row["percent"]
    if len(rows) - t["drop_count"] > 0:
        total /= len(rows) - t["drop_count"]
    for i in dropped:
        rows[i]["mark"] = f'The lowest {t["drop_count"]} {kind} scores are dropped.'
    if len(rows) == 1:
        return total, [{"percent": total, "label": short, "detail": f"{kind} = {total:.0%}", "category": category, "prominent": True}]
    if t.get("show_only_average"):
        rows = []
    if not t.get("hide_average"):
        rows.append({"percent": total, "label": f"{short} Avg", "detail": f"{kind} Average = {total:.0%}", "category": category, "prominent": True})
    return total, rows


def grade(policy, subsections):
    percent, rows, types = 0.0, [], []
    for t in policy["GRADER"]:
        average, part = grade_type(t, subsections)
        weighted = average * t.get("weight", 0)
        percent += weighted
        rows += part
        types.append({"average": average, "weighted": weighted, "detail": f'{t.get("category") or t["type"]} = {weighted:.2%} of a possible {t.get("weight", 0):.2%}'})
    percent = away(percent * 100 + 0.05) / 100
    cutoffs = policy["GRADE_CUTOFFS"]
    letter = next((name for name in sorted(cutoffs, key=lambda n: cutoffs[n], reverse=True) if percent >= cutoffs[name]), "")
    above = [v for v in cutoffs.values() if v > 0]
    return {"percent": percent, "letter": letter, "passed": bool(above) and percent >= min(above), "types": types, "rows": rows}


def pick(r):
    names = ["Homework", "Lab", "Midterm Exam", "Quiz"]
    types = []
    for name in r.sample(names, r.randint(1, 4)):
        t = {"type": name, "min_count": r.choice([0, 1, 1, 2, 3, 5]), "drop_count": r.choice([0, 0, 1, 2, 6]), "weight": r.choice([0, 0.1, 0.15, 0.25, 0.3, 0.35, 0.5, 1, 1 / 3])}
        if r.random() < 0.2:
            t["min_count"] = r.choice([str(t["min_count"]), f'{t["min_count"]}.0', t["min_count"] + 0.5])
        for key, value in {"short_label": "HW", "section_type": "Sheet", "category": "Work", "starting_index": r.choice([0, 3, 98]), "show_only_average": True, "hide_average": True}.items():
            if r.random() < 0.2:
                t[key] = value
        types.append(t)
    subsections = []
    for i in range(r.randint(0, 9)):
        possible = r.choice([0, 1, 2, 3, 7, 8, 12.5, 100, 200, 1500])
        earned = r.choice([0, possible, r.randint(0, 100) / 100 * possible, min(possible, r.randint(0, 9))])
        subsections.append({"name": f"Part {i} – 50% off", "type": r.choice(names), "graded": r.random() < 0.9, "earned": earned, "possible": possible})
    cutoffs = r.choice([{"Pass": 0.5}, {"A": 0.9, "B": 0.8, "C": 0.7, "D": 0.6}, {"Low": 0.2, "High": 0.6}, {"F": 0, "Pass": 0.3}, {"First": 0.4, "Second": 0.4}, {}])
    return {"GRADER": types, "GRADE_CUTOFFS": cutoffs}, subsections


if __name__ == "__main__":
    r = random.Random(20260301)
    for _ in range(120):
        policy, subsections = pick(r)
        print(json.dumps({"policy": policy, "subsections": subsections, "want": grade(policy, subsections)}))
