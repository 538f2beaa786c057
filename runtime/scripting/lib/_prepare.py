# Runs once: what every call builds on stays in memory. It ends without unwinding, and the image is taken then.
import os
import sys

sys.path.append("/lib")

for name in sorted(os.listdir("/lib")):
    if name.endswith(".py") and not name.startswith("_"):
        __import__(name[: -len(".py")])
import _runner  # noqa: E402,F401
import bisect, cmath, collections, copy, datetime, decimal, fractions, functools, heapq, itertools  # noqa: E402,F401
import json, math, operator, re, statistics, string, textwrap, time, traceback, zipimport  # noqa: E402,F401

# The heap keeps what is given back, so that a run seldom grows the memory: one that did is not put back but thrown away.
spare = bytearray(24 << 20)
del spare

os._exit(0)
