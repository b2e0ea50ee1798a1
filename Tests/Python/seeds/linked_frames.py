# Frames link through f_back, with f_builtins, f_globals, f_locals, f_lineno and f_code.
import sys
def outer(a):
    b = "local"
    return inner()
def inner():
    frame = sys._getframe()
    while frame:
        print(frame.f_code.co_name, frame.f_lineno, frame.f_globals is globals(), frame.f_builtins["len"] is len, sorted(frame.f_locals) if frame.f_code.co_name != "<module>" else "module", frame.f_lasti >= 0, frame.f_trace)
        frame = frame.f_back
outer(5)
print(sys._getframe().f_back, sys._getframe(0) is sys._getframe(), sys._getframe().f_locals is globals())
try:
    sys._getframe(100)
except ValueError as e:
    print(e)
