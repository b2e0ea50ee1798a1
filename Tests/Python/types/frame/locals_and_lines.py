# Frames: f_locals as a live view, line numbers, clear, and refused changes.
import sys

def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def f(a, b=2):
    c = a + b
    frame = sys._getframe()
    view = frame.f_locals
    print(sorted(view), view["a"], "c" in view, len(view), view.get("zz"), type(view).__name__)
    view["a"] = 100
    view["new"] = "extra"
    print(a, sorted(frame.f_locals), frame.f_locals["new"], frame.f_locals == view, frame.f_lineno, sorted(locals()))
    try: del view["a"]
    except Exception as e: print(type(e).__name__, e)
    try: view["absent"]
    except KeyError as e: print(e)
    del c
    print("c" in frame.f_locals, list(frame.f_locals.keys())[:2])
    return frame
fr = f(1)
print(fr.f_code.co_name, fr.f_lineno, fr.f_back is None or fr.f_back.f_code.co_name, fr.f_locals["a"], fr.clear(), sorted(fr.f_locals))
def g():
    x = 1
    def h(): return x
    sys._getframe().f_locals["x"] = 5
    return x, h()
print(g())
show('sys._getframe().clear()', lambda: sys._getframe().clear())
show('setattr(fr, "f_lineno", 3)', lambda: setattr(fr, "f_lineno", 3))
show('setattr(fr, "f_locals", {})', lambda: setattr(fr, "f_locals", {}))
show('setattr(fr, "f_code", 1)', lambda: setattr(fr, "f_code", 1))
show('fr.f_trace, fr.f_trace_lines, fr.f_trace_opcodes', lambda: (fr.f_trace, fr.f_trace_lines, fr.f_trace_opcodes))
def gen():
    y = 1
    yield sys._getframe()
    y = 2
    yield y
x = gen(); fr = next(x)
print(fr.f_locals["y"], fr.f_lineno == x.gi_frame.f_lineno, fr is x.gi_frame)
next(x); print(fr.f_locals["y"])
class K:
    z = 1
    l = sys._getframe().f_locals
    l["w"] = 2
    print(w, sys._getframe().f_code.co_name, sys._getframe().f_back.f_code.co_name)
def lines():
    out = []
    out.append(sys._getframe().f_lineno); out.append(
        sys._getframe().f_lineno)
    for _ in range(
            1):
        out.append(sys._getframe().f_lineno)
    return [n - lines.__code__.co_firstlineno for n in out]
print(lines(), (lambda: sys._getframe().f_code.co_qualname)(), [sys._getframe().f_code.co_name for _ in range(1)], repr(fr)[:13])
