# Calls of functions of every signature with every shape of arguments.
def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

def f0(): return ()
def f1(a): return a,
def f2(a, b=2): return a, b
def f3(a, /, b, *, c): return a, b, c
def f4(*args): return args
def f5(**kw): return sorted(kw.items())
def f6(a, *args, k=5, **kw): return a, args, k, sorted(kw.items())
def f7(a, b=1, /, c=2, *, d=3): return a, b, c, d
def f8(*, x, y=1): return x, y
def f9(a, /, **kw): return a, kw
def f10(a, b, c, d, e): return a, b, c, d, e
def f11(*, x, y, z): pass
for f in [f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, lambda q, *r: (q, r)]:
    for args in [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4, 5), tuple(range(7))]:
        for kwargs in [{}, {"a": "A"}, {"b": "B"}, {"c": "C"}, {"x": "X"}, {"a": 1, "k": 2}, {"d": 4, "zz": 0}, {"x": 1, "y": 2, "z": 3}]:
            print(f.__name__, args, kwargs, attempt(f, *args, **kwargs))
