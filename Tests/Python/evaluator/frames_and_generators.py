# Generators, coroutines, frames, exceptions in flight, and the messages of failing calls and unpackings.
import sys
def g():
    try:
        yield 1
        yield 2
    except ValueError as e:
        print("in gen", e)
        yield 99
    finally:
        print("fin")
x = g(); next(x); print(x.throw(ValueError("q")))
try: next(x)
except StopIteration: print("stop")
x = g(); next(x); x.close()
x = g(); next(x); del x
def h():
    try: yield 1
    except GeneratorExit: yield 2
x = h(); next(x)
try: x.close()
except RuntimeError as e: print(e)
def s(): raise StopIteration(3); yield
try: next(s())
except RuntimeError as e: print(e, repr(e.__cause__))
def sub():
    try:
        a = yield "s1"
        print("sub got", a)
        b = yield "s2"
    except KeyError as e:
        print("sub caught", e)
        return "ret"
def dele():
    r = yield from sub()
    print("r =", r)
    yield "end"
d = dele(); print(next(d), d.send(5), d.throw(KeyError("k")))
print(d.gi_yieldfrom, d.gi_running, d.gi_frame.f_lineno, d.gi_code.co_name)
d = dele(); next(d); print(d.gi_yieldfrom.__name__)
print(list(d.gi_frame.f_locals))
def outer():
    def inner():
        raise ValueError("deep")
    inner()
try: outer()
except ValueError as e:
    tb = e.__traceback__
    while tb:
        print(tb.tb_frame.f_code.co_name, tb.tb_lineno, tb.tb_frame.f_lineno)
        tb = tb.tb_next
def lv():
    a = 1; b = [2]
    print(locals())
    f = sys._getframe()
    f.f_locals["a"] = 5
    print(a, f.f_locals["b"], list(f.f_locals.keys()))
    return f
f = lv(); print(f.f_locals["a"], f.f_back is None, f.f_code.co_name)
def exc_ctx():
    try:
        raise ValueError(1)
    except ValueError:
        print(sys.exc_info()[1], sys.exception())
        def gg():
            print("gen sees", sys.exception())
            yield
            print("gen sees", sys.exception())
        it = gg(); next(it)
    print(sys.exception())
    try: next(it)
    except StopIteration: pass
exc_ctx()
class D:
    def __del__(self): print("del", self.n)
def dtest():
    d = D(); d.n = 1
    d2 = D(); d2.n = 2
    d = None
    print("after")
dtest()
def many(a, b=2, *, c, d=4): return (a, b, c, d)
for call in [lambda: many(), lambda: many(1), lambda: many(1, c=3), lambda: many(1, 2, 3, c=1), lambda: many(1, c=1, z=2), lambda: many(1, a=2, c=3), lambda: many(**{"a": 1, "c": 2}), lambda: many(*[1, 2], c=0)]:
    try: print(call())
    except TypeError as e: print("TE", e)
try:
    for i in 5: pass
except TypeError as e: print(e)
try: a, b = 1, 2, 3
except ValueError as e: print(e)
try: a, b, c = [1, 2]
except ValueError as e: print(e)
try: a, *b, c = [1]
except ValueError as e: print(e)
try: a, b = 3
except TypeError as e: print(e)
try:
    with 5: pass
except TypeError as e: print(e)
try: [][5]
except IndexError as e: print(e)
try: {}["x"]
except KeyError as e: print(e)
try: 1 + "a"
except TypeError as e: print(e)
try: "a" < 1
except TypeError as e: print(e)
try: raise 5
except TypeError as e: print(e)
try: print(*5)
except TypeError as e: print(e)
try: print(**5)
except TypeError as e: print(e)
try: dict(**{1: 2})
except TypeError as e: print(e)
def ff(**k): pass
try: ff(**{"a": 1}, **{"a": 2})
except TypeError as e: print(e)
async def aw():
    return 1
class Aw:
    def __await__(self):
        r = yield "suspended"
        return r
async def m():
    print(await aw())
    print(await Aw())
    async with ACM() as v: print("body", v)
    async for i in AIter(): print("ai", i)
    try: await 5
    except TypeError as e: print(e)
    return "mm"
class ACM:
    async def __aenter__(self): return "v"
    async def __aexit__(self, *a): print("aexit"); return False
class AIter:
    n = 0
    def __aiter__(self): return self
    async def __anext__(self):
        self.n += 1
        if self.n > 2: raise StopAsyncIteration
        return self.n
c = m(); print(c.send(None))
try: c.send("back")
except StopIteration as e: print(e.value)
async def ag():
    try:
        yield 1
        yield 2
    finally: print("ag fin")
async def use():
    a = ag()
    print(await a.__anext__())
    await a.aclose()
    a = ag(); print(await anext(a)); 
    try: await a.athrow(ValueError("z"))
    except ValueError as e: print("athrow", e)
    print(await anext(a, "dflt"))
try: use().send(None)
except StopIteration: pass
t = (1, 2, 3)
print(t[1:], t[-1], "xyz"[::-1], [1, 2, 3, 4][::2])
class Ctx:
    def __enter__(self): raise ValueError("enter")
    def __exit__(self, *a): pass
try:
    with Ctx(): pass
except ValueError as e: print(e)
def nested():
    for i in range(3):
        try:
            if i == 1: continue
            if i == 2: return "ret"
        finally:
            print("f", i)
print(nested())
print([[y for y in range(x)] for x in range(4)])
def defaults(a=[]): a.append(1); return a
defaults(); print(defaults())
print((lambda: (yield))().__class__)
exec("q = 5\nprint(q)")
print(eval("1 + 2 * 3"))
ns = {}; exec("def z(): return 7", ns); print(ns["z"]())
class P:
    y = [i for i in range(3)]
    z = [j for j in y]
    def __init_subclass__(cls, **k): print("sub", cls.__name__, k)
class Q(P, flag=1): pass
print(P.z, Q.y)
def annotated(x: int, y: "str" = 3) -> bool: pass
print(annotated.__annotations__)
x: int = 5
print(__annotations__ if "__annotations__" in globals() else "none")
def tv[T](a: T) -> T: return a
print(tv.__type_params__, tv(3))
type Alias[T] = list[T]
print(Alias)
print(t"a{x}b".strings)
a = 5
print(f"{a=} {a!r:>5} {a:#x}")
assert a == 5
try: assert a == 6, "msg"
except AssertionError as e: print("AE", e)
