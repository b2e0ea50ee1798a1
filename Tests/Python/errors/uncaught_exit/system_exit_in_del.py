# SystemExit in __del__ does not end the program.
import sys
sys.unraisablehook = lambda u: print("ignored", u.exc_type.__name__)


class A:
    def __del__(self):
        raise SystemExit(3)


A()
print("goes on")
