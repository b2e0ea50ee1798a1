# async for, async with and async generators driven by hand.
def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

class P:
    def __init__(self, v): self.v = v
    def __await__(self): return (yield self.v)
def drive(co):
    trace = []
    try:
        x = co.send(None)
        for i in range(50):
            trace.append(x); x = co.send(i)
    except StopIteration as e: return "returned", e.value, trace
    except BaseException as e: return type(e).__name__, str(e), trace
class M:
    def __init__(self, n, suppress=False): self.n, self.s = n, suppress
    async def __aenter__(self): await P("enter " + self.n); return self.n
    async def __aexit__(self, k, v, t): await P(f"exit {self.n} {k and k.__name__}"); return self.s
class I:
    def __init__(self, n): self.n = n
    def __aiter__(self): return self
    async def __anext__(self):
        self.n -= 1
        if self.n < 0: raise StopAsyncIteration
        return await P(self.n)
async def a():
    async with M("a") as x, M("b", True) as y:
        raise ValueError(x + y)
    return "suppressed"
async def b():
    async with M("a"):
        return "from body"
async def c():
    out = []
    async for i in I(3):
        if i == 1: continue
        out.append(i)
    else: out.append("else")
    return out
async def d():
    async for i in I(5):
        async with M(str(i)):
            if i == 2: break
    else: return "no"
    return "broke"
async def e():
    async with M("x"):
        async for i in I(1): raise KeyError(i)
async def bad_enter():
    class B:
        async def __aenter__(self): pass
    async with B(): pass
async def bad_with():
    async with 5: pass
async def bad_for():
    async for x in [1]: pass
async def bad_next():
    class B:
        def __aiter__(self): return 5
    async for x in B(): pass
async def bad_anext():
    class B:
        def __aiter__(self): return self
        def __anext__(self): return 5
    async for x in B(): pass
async def not_awaitable():
    class B:
        def __aenter__(self): return 5
        def __aexit__(self, *a): return 5
    async with B(): pass
async def ag():
    try:
        for i in range(3):
            got = yield i
            await P(("got", got))
    finally: await P("cleanup")
async def use():
    out = [x async for x in ag()]
    g = ag()
    out.append(await g.__anext__())
    out.append(await g.asend("sent"))
    try: out.append(await g.athrow(ValueError("thrown")))
    except ValueError as e: out.append(str(e))
    try: await g.__anext__()
    except StopAsyncIteration: out.append("over")
    h = ag(); await h.__anext__(); await h.aclose()
    return out, h.ag_running, h.ag_frame, await anext(h, "default")
for f in [a, b, c, d, e, bad_enter, bad_with, bad_for, bad_next, bad_anext, not_awaitable, use]:
    print(f.__name__, *drive(f()), sep="\n    ")
g = ag()
print(type(g).__name__, g.ag_code.co_name, g.ag_await, g.__aiter__() is g, attempt(iter, g), attempt(lambda: [x for x in g]))
