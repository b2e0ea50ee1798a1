# Every form of raise, and what it refuses.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class E(Exception):
    def __init__(self, *a): super().__init__(*a); print("made", a)
class NeedsTwo(Exception):
    def __init__(self, a, b): pass
class NotReally(Exception):
    def __new__(cls): return 5
def throw(*a):
    raise a[0]
def chain(a, b):
    raise a from b
def info(f, *a):
    try:
        f(*a)
    except BaseException as e:
        print(type(e).__name__, e, repr(e.__cause__), e.__suppress_context__, repr(e.__context__))
info(throw, E); info(throw, E(1, 2)); info(throw, NeedsTwo); info(throw, NotReally); info(throw, 5); info(throw, "text"); info(throw, int); info(throw, None)
info(chain, E, None); info(chain, E, ValueError); info(chain, E, ValueError("v")); info(chain, E, 5); info(chain, E, int); info(chain, 5, E); info(chain, E, NeedsTwo)
try:
    raise KeyError("context")
except KeyError:
    info(throw, E); info(chain, E, None); info(chain, E, OSError("cause"))
e = E("same")
try:
    raise e
except E as x:
    info(throw, x)
    info(chain, x, x)
def loop():
    a, b = ValueError("a"), ValueError("b")
    try:
        raise a
    except ValueError:
        try:
            raise b
        except ValueError:
            try:
                raise a
            except ValueError as c:
                return c is a, a.__context__ is b, b.__context__
print(loop())
show('setattr(e, "__cause__", 5)', lambda: setattr(e, "__cause__", 5))
show('setattr(e, "__context__", "x")', lambda: setattr(e, "__context__", "x"))
show('setattr(e, "__cause__", KeyError()), e.__suppress_context__', lambda: (setattr(e, "__cause__", KeyError()), e.__suppress_context__))
show('setattr(e, "__traceback__", 5)', lambda: setattr(e, "__traceback__", 5))
show('setattr(e, "args", "ab"), e.args', lambda: (setattr(e, "args", "ab"), e.args))
show('setattr(e, "args", 5)', lambda: setattr(e, "args", 5))
