# sys.exit in a function, with handlers for Exception.
import sys


def f():
    try:
        sys.exit(6)
    except Exception:
        print("never")
    finally:
        print("finally")


f()
