class CorrectMap:
    """What was judged of each input, as hint functions see it and may change it."""

    def __init__(self, entries):
        self.entries = entries

    def get_dict(self):
        return self.entries

    def keys(self):
        return self.entries.keys()

    def set(self, answer_id=None, correctness=None, npoints=None, msg="", hint="", hintmode=None, **more):
        if answer_id is not None:
            self.entries[answer_id] = {"correctness": correctness, "npoints": npoints, "msg": msg, "hint": hint, "hintmode": hintmode}

    def set_property(self, answer_id, name, value):
        self.entries.setdefault(answer_id, {})[name] = value

    def get_property(self, answer_id, name, default=None):
        return self.entries.get(answer_id, {}).get(name, default)

    def is_correct(self, answer_id):
        return self.get_correctness(answer_id) in ("correct", "partially-correct")

    def is_partially_correct(self, answer_id):
        return self.get_correctness(answer_id) == "partially-correct"

    def get_correctness(self, answer_id):
        return self.get_property(answer_id, "correctness")

    def get_npoints(self, answer_id):
        points = self.get_property(answer_id, "npoints")
        return points if points is not None else int(self.is_correct(answer_id))

    def get_msg(self, answer_id):
        return self.get_property(answer_id, "msg", "")

    def get_hint(self, answer_id):
        return self.get_property(answer_id, "hint", "")

    def get_hintmode(self, answer_id):
        return self.get_property(answer_id, "hintmode")

    def set_hint_and_mode(self, answer_id, hint, hintmode):
        self.set_property(answer_id, "hint", hint)
        self.set_property(answer_id, "hintmode", hintmode)


_map = CorrectMap(_judged)
_hint(_ids, _answers, _map, CorrectMap({}))
judged = _map.get_dict()
