# Asynchronous comprehensions and generators driven by send(None).
def run(source, mode="exec"):
    print(repr(source))
    try:
        exec(compile(source, "<text>", mode), {"__name__": "text"})
    except SyntaxError as error:
        print("   ", type(error).__name__, error.msg, (error.lineno, error.offset, error.end_lineno, error.end_offset), repr(error.text))
    except BaseException as error:
        print("   ", type(error).__name__ + ":", error)

class Aiter:
    def __init__(self, n): self.n, self.i = n, 0
    def __aiter__(self): return self
    async def __anext__(self):
        if self.i >= self.n: raise StopAsyncIteration
        self.i += 1
        await Pause(self.i)
        return self.i
class Pause:
    def __init__(self, v): self.v = v
    def __await__(self):
        got = yield ("pause", self.v)
        return got
def drive(coroutine, values=()):
    values = list(values)
    trace = []
    try:
        item = coroutine.send(None)
        while True:
            trace.append(item)
            item = coroutine.send(values.pop(0) if values else None)
    except StopIteration as e:
        return e.value, trace
    except Exception as e:
        return type(e).__name__ + ": " + str(e), trace
async def a(): return [x async for x in Aiter(3)]
async def b(): return {x: y async for x in Aiter(2) for y in "ab"}
async def c(): return [await Pause(i) for i in range(2)]
async def d(): return {x async for x in Aiter(2) if await Pause("if")}
async def e():
    g = (x * 2 async for x in Aiter(2))
    return [y async for y in g], type(g).__name__
async def f(): return [[y async for y in Aiter(2)] for x in range(2)]
async def g(): return sum([x async for x in Aiter(2)]) + await Pause("end")
async def h(): return [x for x in [await Pause(1), await Pause(2)]]
for function in [a, b, c, d, e, f, g, h]:
    print(function.__name__, drive(function(), [10, 20, 30]))
for source in ["[x async for x in y]", "def f():\n [x async for x in y]", "async def f():\n return (await x for x in y)", "def f(): return (x async for x in y)", "[await x for x in y]", "async def f():\n  class C: [x async for x in y]", "lambda: [await x]", "async def f():\n yield from x", "async def f():\n yield 1\n return 2", "await x", "async with x: pass", "async for x in y: pass", "async x = 1", "def f(): await x", "async def f(): [i async for i in x] ; yield"]:
    run(source)
