# sys.tracebacklimit cuts the frames.
import sys


def f(n):
    if n:
        f(n - 1)
    else:
        raise ValueError


sys.tracebacklimit = 2
f(5)
