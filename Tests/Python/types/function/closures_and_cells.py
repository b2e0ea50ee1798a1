# Cells are shared, late bound, and kept alive.
def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

def counter():
    n = 0
    def up(): nonlocal n; n += 1; return n
    def down(): nonlocal n; n -= 1; return n
    return up, down
u, d = counter()
u2, _ = counter()
print(u(), u(), d(), u2(), u.__closure__[0] is d.__closure__[0])
def late():
    fs = []
    for i in range(3):
        def f(): return i
        fs.append(f)
    i = 10
    return [f() for f in fs]
print(late())
def deep(a):
    def b(c):
        def d(e): return a + c + e
        return d
    return b
print(deep(1)(2)(3), deep(1)(2).__code__.co_freevars)
def argument(x):
    def inner():
        nonlocal x
        x += 1
        return x
    return x, inner(), x
print(argument(5))
def selfref():
    def f(n): return 1 if n == 0 else n * f(n - 1)
    return f
print(selfref()(10))
def cls():
    v = 3
    class K:
        w = v
        def m(self): return v, __class__.__name__
    v = 4
    return K
print(cls().w, cls()().m())
def gen():
    for i in range(3):
        yield lambda: i
print([f() for f in gen()], [f() for f in list(gen())])
def star(*args, **kw):
    return (lambda: (args, kw))()
print(star(1, a=2))
def empty():
    def f(): return unset
    if False: unset = 1
    return f
print(attempt(empty()))
def execs():
    x = 1
    return eval("x"), (lambda: eval("1 + 1"))()
print(execs())
print(repr(u.__closure__[0])[:8], type(u.__closure__[0]).__name__)
