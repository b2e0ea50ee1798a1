# A little of every kind of statement and expression, so that each instruction of the bytecode runs.
def fib(n):
    if n < 2: return n
    return fib(n-1) + fib(n-2)
print(fib(15))
def gen(n):
    for i in range(n):
        x = yield i
        if x: print("got", x)
    return "done"
g = gen(3)
print(next(g), g.send("a"), list(g))
def outer():
    r = yield from gen(2)
    print("r", r)
print(list(outer()))
class A:
    x = 1
    def __init__(self, a, b=2, *args, k=3, **kw):
        self.a = a; self.b = b; self.args = args; self.k = k; self.kw = kw
    def m(self, y): return self.a + y
    @property
    def p(self): return self.a * 10
    def __repr__(self): return f"A({self.a!r}, {self.b}, {self.args}, {self.k}, {self.kw})"
print(A(1), A(1, 2, 3, 4, k=5, z=6), A(1).m(4), A(7).p)
a, (b, *c) = 1, (2, 3, 4)
print(a, b, c)
try:
    1/0
except ZeroDivisionError as e:
    print("caught", e)
finally:
    print("finally")
def f():
    try:
        return 1
    finally:
        print("f finally")
print(f())
def closures():
    n = 0
    def inc():
        nonlocal n
        n += 1
        return n
    return inc
i = closures(); i(); print(i())
print([x*y for x in range(4) for y in range(3) if x != y], {k: v for k, v in zip("abc", range(3))}, {x % 3 for x in range(10)})
print(sum(x*x for x in range(10)))
def kw(a, /, b, *, c=1, **d): return a, b, c, d
print(kw(1, b=2, c=3, e=4), kw(*[1, 2], **{"c": 9}))
with_log = []
class CM:
    def __enter__(self): with_log.append("enter"); return self
    def __exit__(self, *a): with_log.append(("exit", a[0].__name__ if a[0] else None)); return True
with CM() as cm:
    raise ValueError("x")
print(with_log)
match [1, 2, {"a": 3}]:
    case [x, y, {"a": z, **rest}] if z == 3: print("match", x, y, z, rest)
match A(1):
    case A(a=1, b=bb): print("class match", bb)
x = 5
x += 3; x **= 2; x //= 3; print(x, -x, ~x, not x)
s = "abc"; s += "d"; print(s[1], s[1:3], s[-1], len(s))
l = [1,2,3]; l[0] = 9; l[1:2] = [7, 8]; del l[0]; print(l, 7 in l, 9 not in l)
print(1 < 2 < 3, 1 < 3 < 2, None is None, x is not None)
print(f"{x:>10} {x!r} {s} {1.5:.2f}")
print((lambda *a, **k: (a, k))(1, 2, z=3))
def deco(fn):
    def w(*a, **k):
        return ("deco", fn(*a, **k))
    return w
@deco
def dd(x): return x + 1
print(dd(4))
while True:
    x -= 1
    if x % 7 == 0: break
    if x < 0: print("neg"); break
else:
    print("else")
print(x)
for q in range(3):
    if q == 1: continue
    print(q)
else: print("for else")
global_var = 10
def gg():
    global global_var
    global_var += 1
gg(); print(global_var)
print(*range(5), sep=",")
def rec(n): return 0 if n == 0 else 1 + rec(n - 1)
print(rec(900))
try: rec(5000)
except RecursionError as e: print("RecursionError", e)
try:
    raise KeyError("k") from ValueError("v")
except KeyError as e: print(repr(e), repr(e.__cause__))
try:
    try: 1/0
    except ZeroDivisionError: undefined_name
except NameError as e: print(e, repr(e.__context__))
def ub():
    print(zz)
    zz = 1
try: ub()
except UnboundLocalError as e: print(e)
try: kw(1)
except TypeError as e: print(e)
try: kw(1, 2, 3)
except TypeError as e: print(e)
try: None()
except TypeError as e: print(e)
try: (1).foo
except AttributeError as e: print(e)
a = [i for i in range(3)]
print([a for a in a], a)
class Meta(type):
    def __call__(cls, *a): return super().__call__(*a)
class B(metaclass=Meta):
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == o.v
    def __hash__(self): return hash(self.v)
class C(B):
    def __init__(self, v): super().__init__(v); self.w = v
print(C(3).v, B(1) == B(1), {B(1): 2}[B(1)])
async def co(): return 42
c = co()
try: c.send(None)
except StopIteration as e: print("co", e.value)
async def agen():
    for i in range(3): yield i
async def main():
    return [x async for x in agen()] + [await co()]
try: main().send(None)
except StopIteration as e: print(e.value)
try:
    raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
except* ValueError as eg: print("VE", eg.exceptions)
except* TypeError as eg: print("TE", eg.exceptions)
del a
try: a
except NameError as e: print(e)
print(type(g), type(co), type(c))
