# An exception in __del__ is reported and ignored.
import sys


def hook(u):
    print("unraisable", type(u.exc_value).__name__, u.exc_value, u.err_msg and u.err_msg.partition(" <")[0])


sys.unraisablehook = hook


class A:
    def __del__(self):
        raise ValueError("in del")


a = A()
del a
raise SystemExit(4)
