# Coroutines driven by send, throw and close; attributes, errors, awaiting twice.
import sys

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

class Pause:
    def __init__(self, v): self.v = v
    def __await__(self): return (yield self.v)
async def inner(n):
    try:
        r = await Pause(n)
        return "inner", r
    except ValueError as e:
        return "caught", str(e)
async def outer():
    a = await inner(1)
    b = await inner(2)
    return a, b
c = outer()
print(c.cr_running, c.cr_await, c.cr_code.co_name, c.cr_frame is not None, c.cr_origin, c.cr_suspended)
print(c.send(None), c.cr_suspended, type(c.cr_await).__name__, c.send("x"), attempt(c.throw, ValueError("v")), attempt(c.send, None), c.cr_frame)
c = outer()
show('c.send(5)', lambda: c.send(5))
c.close()
show('c.send(None)', lambda: c.send(None))
d = outer(); d.send(None)
print(d.close(), attempt(d.send, None), attempt(d.close))
e = outer(); e.send(None)
show('e.throw(KeyError("k"))', lambda: e.throw(KeyError("k")))
async def none(): return 5
def run_it(co):
    try: co.send(None)
    except StopIteration as s: return s.value
show('run_it(none())', lambda: run_it(none()))
f = none(); run_it(f)
show('f.send(None)', lambda: f.send(None))
async def twice():
    x = inner(1)
    await x
    await x
t = twice(); t.send(None)
show('t.send(1)', lambda: t.send(1))
async def bad(v): return await v
show('run_it(bad(5))', lambda: run_it(bad(5)))
show('run_it(bad(None))', lambda: run_it(bad(None)))
show('run_it(bad([]))', lambda: run_it(bad([])))
show('run_it(bad(x for x in [1]))', lambda: run_it(bad(x for x in [1])))
class BadAwait:
    def __await__(self): return 5
class ListAwait:
    def __await__(self): return [1]
class CoAwait:
    def __await__(self): return none()
for k in (BadAwait, ListAwait):
    print(attempt(lambda: run_it(bad(k()))))
g = none()
show('iter(g)', lambda: iter(g))
show('list(g)', lambda: list(g))
show('next(g)', lambda: next(g))
g.close()
w = none().__await__()
show('next(w)', lambda: next(w))
async def raises(): raise StopIteration("x")
show('run_it(raises())', lambda: run_it(raises()))
async def exits():
    try: await Pause(1)
    finally: print("closed in finally")
h = exits(); h.send(None); h.close()
async def chain(n): return n if n == 0 else 1 + await chain(n - 1)
show('run_it(chain(50))', lambda: run_it(chain(50)))
show('type(g).__name__, g.__name__, g.__qualname__, callable(none), none.__code__.co_flags & 0x80', lambda: (type(g).__name__, g.__name__, g.__qualname__, callable(none), none.__code__.co_flags & 0x80))
