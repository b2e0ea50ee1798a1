# Which handler is chosen, how names are bound and unbound, re-raising.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class A(Exception): pass
class B(A): pass
class C(Exception): pass
def choose(e):
    try:
        raise e
    except (C, B) as x:
        return "C or B", x.args
    except A:
        return "A"
    except LookupError:
        return "lookup"
    except:
        return "bare"
for e in [A, B, C, A(1), B(2), KeyError, ValueError("v"), KeyboardInterrupt, SystemExit(3), GeneratorExit]:
    print(choose(e))
e = "before"
try:
    raise A("x")
except A as e:
    print(repr(e))
show('e', lambda: e)
def unbound():
    try:
        raise A
    except A as err:
        pass
    return err
show('unbound()', lambda: unbound())
def rebound():
    try:
        raise A
    except A as err:
        err = "changed"
        del err
    return "fine"
show('rebound()', lambda: rebound())
def again():
    try:
        raise A("first")
    except A:
        try:
            raise
        except A as inner:
            return inner.args
show('again()', lambda: again())
def nothing(): raise
show('nothing()', lambda: nothing())
def lazy():
    try:
        raise ValueError("v")
    except undefined_name:
        pass
show('lazy()', lambda: lazy())
def skipped():
    try:
        pass
    except undefined_name:
        pass
    return "ok"
show('skipped()', lambda: skipped())
