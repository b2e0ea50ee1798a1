# Attributes of generators, re-entry, expressions, names, frames.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

def g(a):
    b = a
    yield b
    yield x.gi_running
x = g(5)
print(x.gi_code.co_name, x.__name__, x.__qualname__, x.gi_frame.f_lineno, x.gi_frame.f_locals, x.gi_running, x.gi_suspended, iter(x) is x)
print(next(x), x.gi_frame.f_lineno, x.gi_frame.f_locals, x.gi_suspended, next(x), attempt(next, x), x.gi_frame)
def again(): yield next(y)
y = again()
show('next(y)', lambda: next(y))
def again2(): yield y2.send(None)
y2 = again2()
show('next(y2)', lambda: next(y2))
show('next(y2)', lambda: next(y2))
x.__name__ = "renamed"
show('x.__name__, x.__qualname__', lambda: (x.__name__, x.__qualname__))
show('setattr(x, "__name__", 5)', lambda: setattr(x, "__name__", 5))
show('setattr(x, "gi_running", 1)', lambda: setattr(x, "gi_running", 1))
show('x.nothing', lambda: x.nothing)
show('type(x)()', lambda: type(x)())
e = (i for i in range(3))
print(e.__name__, e.__qualname__, e.gi_frame.f_code.co_name, list(e), type(e).__name__, type(e).__mro__)
show('g()', lambda: g())
show('next(g(1, 2))', lambda: next(g(1, 2)))
show('len(g(1))', lambda: len(g(1)))
show('g(1)[0]', lambda: g(1)[0])
show('g(1) + 1', lambda: g(1) + 1)
show('bool(g(1)), callable(g), g.__code__.co_flags & 0x20', lambda: (bool(g(1)), callable(g), g.__code__.co_flags & 0x20))
def ret():
    return 5
    yield
show('list(ret()), next(ret(), "default")', lambda: (list(ret()), next(ret(), "default")))
show('next(ret())', lambda: next(ret()))
def value():
    x = yield
    while x: x = yield x * 2
v = value(); next(v)
print(v.send(1), v.send(5), attempt(v.send, 0))
def lam(): return (lambda: (yield))()
print(type(lam()).__name__, [*(lambda: (yield 7))()])
print(max(i for i in [3, 1]), sum(i * j for i in range(3) for j in range(i)), *(c for c in "ab"), dict((k, 1) for k in "xy"))
def swap():
    try: yield 1
    except Exception as e: yield repr(e), e.__context__
s = swap(); next(s)
try:
    raise KeyError("ctx")
except KeyError:
    print(s.throw(ValueError("t")))
