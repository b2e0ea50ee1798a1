# An excepthook that fails.
import sys


def hook(*a):
    raise KeyError("in the hook")


sys.excepthook = hook
raise ValueError("first")
