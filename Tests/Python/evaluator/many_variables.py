# Functions with more variables than an instruction's operands can name.
import sys

N = 70_000


def define(text, **names):
    exec(text, names)
    return names


parameters = ", ".join(f"p{i}" for i in range(N))

# Parameters, by position, by keyword, with defaults.
take = define(f"def take({parameters}): return p0, p31999, p32000, p32001, p{N - 1}")["take"]
print(take(*range(N)))
print(take(*range(N - 100), **{f"p{i}": -i for i in range(N - 100, N)}))
for count in (0, N - 1, N + 1):
    try:
        take(*range(count))
    except TypeError as error:
        print(len(str(error)), str(error)[:60], str(error)[-40:])
try:
    take(*range(N), p40000=1)
except TypeError as error:
    print(error)
print(take.__code__.co_nlocals, take.__code__.co_argcount, len(take.__code__.co_varnames))
pack = define(f"def pack({parameters}, *rest, last=5, **others): return p{N - 1}, rest, last, others, ({parameters})")["pack"]
result = pack(*range(N), "a", "b", x=1)
print(result[:4], len(result[4]), result[4] == tuple(range(N)))
pack.__defaults__ = ("x", "y")
print(pack(*range(N - 1), last=7)[:4])

# Locals: stored, read, deleted, unbound.
assignments = "\n".join(f"    v{i} = n + {i}" for i in range(N))
body = f"""
def variables(n):
{assignments}
    total = v0 + v31999 + v32000 + v{N - 1}
    v60000 += 1
    a60000 = v60000, total
    del v60000
    try:
        v60000
    except UnboundLocalError as error:
        print(error)
    try:
        del v60000
    except UnboundLocalError as error:
        print(error)
    squares = [v60001 * each for each in range(3)]
    late = [v1 for v1 in range(2)], v1
    names = locals()
    print(len(names), names["v{N - 1}"], names["a60000"], "v60000" in names, squares, late)
    for v65000, v65001 in [(1, 2), (3, 4)]:
        pass
    with manager as v65002:
        v65003, *v65004 = v65002
    first = second = v65005 = [v65006, v65007]
    v65008, v65009 = v65009, v65008
    try:
        raise ValueError(v65010)
    except ValueError as v65011:
        a65011 = v65011.args
    return v65000, v65001, v65002, v65003, v65004, v65005, v65008, v65009, a65011, first is v65005
"""


class Manager:
    def __enter__(self):
        return "with"

    def __exit__(self, *exception):
        return False


variables = define(body, manager=Manager())["variables"]
print(variables(10))

# Cells and free variables.
body = f"""
def outer(a, b):
{assignments.replace("n +", "a +")}
    cell = v3 + b
    def inner(c):
        nonlocal v69999, v5
        v69999 += c
        v5 -= c
        return v69999, v31999, v5, cell, z
    try:
        inner(1)
    except NameError as error:
        print(error)
    z = "z"
    print(inner(1), v69999, v5)
    del v69998
    def other():
        return v69998
    try:
        other()
    except NameError as error:
        print(error)
    try:
        v69998
    except NameError as error:
        print(type(error).__name__, error)
    class Body:
        a = v5
        b = v69997
        c = z
    return inner, Body.a, Body.b, Body.c
"""
inner, *rest = define(body)["outer"](1, 2)
print(inner(2), inner(3), rest, inner.__closure__[-1].cell_contents)
free = "\n".join(f"        w{i} = v{i} if i else 0" if i < 3 else f"        w{i} = {i}" for i in range(N))
body = f"""
def outer(i):
    v0 = v1 = v2 = "free"
    def inner():
{free}
        def innermost():
            return w{N - 1}, v2, i
        return w0, v1, v2, innermost()
    return inner
"""
print(define(body)["outer"](1)())

# Methods with super(), generators, coroutines.
body = f"""
class Base:
    def method(self): return "base"
class Derived(Base):
    def method(self):
{free.replace(" if i else 0", "").replace("v0", "0").replace("v1", "1").replace("v2", "2")}
        return super().method(), __class__.__name__, w{N - 1}
def generator(n):
{assignments}
    sent = yield v0, v{N - 1}
    v{N - 1} = sent
    try:
        v68000 = yield v{N - 1}
    finally:
        print("finally", v68000)
    return v67000
async def coroutine(n):
{assignments}
    v68000 = await wait(v68001)
    return v68000, v68001
"""


class wait:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        return (yield self.value)


names = define(body, wait=wait)
print(names["Derived"]().method())
generator = names["generator"](1)
print(next(generator), generator.send("sent"), generator.gi_frame.f_locals["v69999"])
try:
    generator.send("end")
except StopIteration as stop:
    print(stop.value)
coroutine = names["coroutine"](2)
print(coroutine.send(None))
try:
    coroutine.send("result")
except StopIteration as stop:
    print(stop.value)
generator = names["generator"](1)
next(generator)
generator.close()
del generator

# Frames: written through, kept after the end, traced.
body = f"""
def look(n):
{assignments}
    poke()
    return v69999, v100
def fail(n):
{assignments}
    v69999.missing
"""


def poke():
    frame = sys._getframe(1)
    frame.f_locals["v69999"] = "changed"
    frame.f_locals["v100"] = "too"
    print(frame.f_locals["v69998"], "v100" in frame.f_locals, len(frame.f_locals), frame.f_locals.get("nothing"))


names = define(body, poke=poke)
print(names["look"](3))
try:
    names["fail"](4)
except AttributeError as error:
    frame = error.__traceback__.tb_next.tb_frame
    print(error, frame.f_locals["v69999"], frame.f_lineno - frame.f_code.co_firstlineno)
    frame.clear()
    print(len(frame.f_locals))

events = {}


def trace(frame, event, argument):
    events[event] = events.get(event, 0) + 1
    if event == "return" and frame.f_code.co_name == "look":
        print(event, argument, frame.f_locals["v69999"])
    return trace


sys.settrace(trace)
names["look"](5)
sys.settrace(None)
print({event: count for event, count in events.items() if event != "line"}, events["line"] >= N)
