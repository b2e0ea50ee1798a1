# repr, comparison and hashing of deeply nested structures work, or raise RecursionError where the stack ends.
def wrap(kind, x): return [x] if kind is list else (x,) if kind is tuple else {"k": x} if kind is dict else frozenset([x])
def nest(kind, n):
    x = kind()
    for _ in range(n): x = wrap(kind, x)
    return x
for kind in (list, tuple, dict):
    for n in (10, 900, 150000):
        a, b = nest(kind, n), nest(kind, n)
        for name, f in {"repr": lambda: len(repr(a)), "equal": lambda: a == b, "same": lambda: a == a, "contains": lambda: b in [a], "hash": lambda: hash(a) == hash(b)}.items():
            if n == 150000 and (name == "hash" or name == "repr" and kind is not list):
                continue
            try:
                result = f()
            except RecursionError:
                result = "RecursionError"
            except TypeError as error:
                result = error
            # How deep native recursion can go is the runtime's own affair: it must only not crash.
            print(kind.__name__, n, name, result if n < 1000 or name == "same" else "survived")
        del a, b
try:
    nest(list, 150000) < nest(list, 150000)
except RecursionError:
    pass
print("done")
