"""Runs one author's script: a request comes in on standard input, the reply goes out on standard output.

Everything happens in a copy of the interpreter that is thrown away afterwards, so nothing here defends itself against the
script: the worst that it can do is to spoil its own reply.
"""

import importlib
import io
import json
import math
import os
import sys
import traceback

import numpy
import random2

# The name that stands for the script's file in tracebacks.
SCRIPT = "<script>"

# The names of what stands around the script.
SETUP = "<setup>"
CALL = "<call>"

# What a script in Open edX finds without importing it.
ASSUMED = ("numpy", "math", "scipy", "calc", "eia", "chemcalc", "chemtools", "miller", "draganddrop")


class Lazy:
    """A module that is imported when the script asks for something in it, as Open edX's scripts expect."""

    def __init__(self, name):
        self.__name = name

    def __getattr__(self, attribute):
        return getattr(importlib.import_module(self.__name), attribute)


class Out(io.StringIO):
    """Standard output, which keeps its beginning, or ends the run where it is full."""

    def __init__(self, most, full=None):
        super().__init__()
        self.left = most
        self.full = full

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self.left > 0:
            super().write(text[: self.left])
            self.left -= len(text)
            if self.left < 0 and self.full:
                self.full(io.StringIO.getvalue(self))
            elif self.left < 0:
                super().write("\n...\n")
        return len(text)


def read():
    parts = []
    while part := os.read(0, 1 << 16):
        parts.append(part)
    return b"".join(parts)


def write(data):
    while data:
        data = data[os.write(1, data) :]


FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


def special(pairs):
    """Numbers that JSON does not have are written as {"$float": "nan"}."""
    if len(pairs) == 1 and FLOATS.get(pairs.get("$float")) is not None:
        return FLOATS[pairs["$float"]]
    return pairs


class Unfit(Exception):
    """A value that JSON cannot hold."""


def plain(value, depth=0):
    """Gives a value as JSON holds it, or raises Unfit. Tuples become lists, keys become text."""
    if depth > 100:
        raise Unfit
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        value = float(value)
        if math.isfinite(value):
            return value
        return {"$float": "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"}
    if isinstance(value, str):
        return str(value).encode("utf-8", "replace").decode()
    if isinstance(value, bytes) and depth == 0:
        try:
            return value.decode()
        except UnicodeDecodeError:
            raise Unfit from None
    if isinstance(value, (list, tuple)):
        return [plain(v, depth + 1) for v in value]
    if isinstance(value, dict):
        return {key(k): plain(v, depth + 1) for k, v in value.items()}
    raise Unfit


def key(k):
    if isinstance(k, str):
        return str(k).encode("utf-8", "replace").decode()
    if k is None or isinstance(k, (bool, int, float)):
        return json.dumps(k)
    raise Unfit


def left_behind(names, globals_):
    out = {}
    for name in names:
        if name not in globals_ or name == "__builtins__":
            continue
        try:
            value = plain(globals_[name])
            json.dumps(value)
            out[str(name)] = value
        except (Unfit, ValueError, RecursionError):
            continue
    return out


def failure(error):
    """Says what went wrong, with the line of the script that it went wrong in."""
    line = 0
    if isinstance(error, SyntaxError) and error.filename == SCRIPT:
        line = error.lineno or 0
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == SCRIPT:
            line = number
    if isinstance(error, SystemExit):
        return {"class": "SystemExit", "message": "the script ended the interpreter", "line": line}
    if isinstance(error, SyntaxError):
        message = error.msg
    elif isinstance(error, MemoryError):
        message = "the script needs more memory than it may have"
    else:
        try:
            message = str(error)
        except Exception:  # the script's own class may do anything
            message = ""
    message = message.encode("utf-8", "replace").decode()
    failed = {"class": type(error).__name__, "message": message[:2000], "line": line}
    if isinstance(error, MemoryError):
        failed["limit"] = "memory"
    elif isinstance(error, RecursionError):
        failed["limit"] = "depth"
    return failed


def capa(globals_, seed):
    """What Open edX lays out for a script: a seeded random of Python 2's kind, and modules that need no import."""
    random = random2.Random(seed)
    random.Random = random2.Random
    sys.modules["random"] = random
    globals_["random"] = random
    globals_["xrange"] = range
    numpy.random.seed(seed % (1 << 32))
    for name in ASSUMED:
        globals_[name] = Lazy(name)


def finish(reply):
    """Hands the reply over and ends the run, whatever the script would do next."""
    write(json.dumps(reply).encode())
    os._exit(0)


def too_much(printed):
    finish({"stdout": printed, "failed": {"class": "ValueError", "message": "the program prints more than it may", "limit": "output"}})


def executed(request, globals_, limit):
    """Runs what was asked for; the reply has the value of the call, or what failed."""
    setup, call = request.get("setup"), request.get("call")
    try:
        if setup:
            exec(compile(setup, SETUP, "exec", dont_inherit=True), globals_)
    except BaseException as error:
        return {"failed": {**failure(error), "line": 0, "setup": True}}
    try:
        exec(compile(request["code"], SCRIPT, "exec", dont_inherit=True), globals_)
        if call:
            value = repr(eval(compile(call.strip(), CALL, "eval", dont_inherit=True), globals_))
            if len(value) > limit:
                return {"failed": {"class": "ValueError", "message": "the value is longer than it may be", "limit": "output"}}
            return {"value": value.encode("utf-8", "replace").decode()}
    except BaseException as error:
        return {"failed": failure(error)}
    return {}


def main():
    request = json.loads(read(), object_hook=special)
    files = request.get("files") or []
    for name in files:
        if name.endswith(".zip"):
            sys.path.append("/course/" + name)
    globals_ = {"__name__": "__main__", "__builtins__": __builtins__}
    seed = request.get("seed", 0)
    if request.get("prelude") == "capa":
        capa(globals_, seed)
    else:
        import random

        random.seed(seed)
    given = request.get("globals") or {}
    globals_.update(given)
    before = dict(globals_)
    bound = request.get("output") or 0
    out = Out(bound, too_much) if bound else Out(request.get("stdout", 1 << 16))
    sys.stdin = io.StringIO(request.get("stdin", ""))
    sys.stdout = sys.stderr = out
    reply = executed(request, globals_, bound or 1 << 16)
    names = request.get("want")
    if not names:
        names = [] if bound else [n for n, v in globals_.items() if n in given or n not in before or before[n] is not v]
    reply["globals"] = left_behind([n for n in names if isinstance(n, str)], globals_)
    reply["stdout"] = io.StringIO.getvalue(out)
    finish(reply)
