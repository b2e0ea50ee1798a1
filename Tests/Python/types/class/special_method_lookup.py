# Operators look on the type, not on the instance; NotImplemented and reflection.
def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

class V:
    def __init__(self, n): self.n = n
OPS = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@", "lshift": "<<", "rshift": ">>", "and": "&", "or": "|", "xor": "^"}
def make(name, methods, result):
    body = {}
    for m in methods:
        body[m] = (lambda m: lambda self, other: print(name, m, end=" ") or result)(m)
    return type(name, (), body)
for op, sign in OPS.items():
    L = make("L", [f"__{op}__"], NotImplemented)
    R = make("R", [f"__r{op}__"], "reflected")
    I = make("I", [f"__i{op}__"], "in place")
    N = make("N", [f"__{op}__", f"__r{op}__", f"__i{op}__"], NotImplemented)
    S = type("S", (L,), {f"__r{op}__": lambda self, o: "subclass first"})
    for a in (L, R, I, N, S, V):
        for b in (L, R, N, S):
            x, y = (a() if a is not V else V(1)), b()
            print(sign, a.__name__, b.__name__, attempt(eval, f"x {sign} y", {"x": x, "y": y}), attempt(exec, f"x {sign}= y", {"x": x, "y": y}))
v = V(1)
v.__add__ = lambda o: "instance"
v.__len__ = lambda: 5
v.__call__ = lambda: 1
v.__iter__ = lambda: iter([])
v.__bool__ = lambda: False
v.__repr__ = lambda: "never"
print(attempt(lambda: v + 1), attempt(len, v), attempt(lambda: v()), attempt(iter, v), bool(v), v.__len__(), "never" in repr(v))
V.__len__ = lambda self: 7
V.__call__ = lambda self, *a: a
print(len(v), v(1, 2))
del V.__len__
print(attempt(len, v))
V.__add__ = None
V.__contains__ = None
V.__hash__ = None
print(attempt(lambda: v + 1), attempt(lambda: 1 in v), attempt(hash, v))
