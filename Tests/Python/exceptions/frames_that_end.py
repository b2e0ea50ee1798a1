# Frames that an exception ends: tracebacks keep their variables, and a name of `except … as` in a module comes and goes.
import gc
import sys
import weakref


class Thing:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name

    def __del__(self):
        print("end of", self.name)


def none():
    raise ValueError("none")


def many(a, b, *args, c=3, **more):
    local = Thing("local")
    cell = [local]

    def inner():
        return cell

    for number in range(3):
        try:
            none()
        finally:
            number += 10


def chain(depth):
    thing = Thing(f"depth {depth}")
    if depth == 0:
        return many(1, 2, 3, 4, c=5, d=6)
    return chain(depth - 1)


def frames(error):
    entry = error.__traceback__
    while entry:
        yield entry.tb_frame
        entry = entry.tb_next


try:
    chain(2)
except ValueError as error:
    kept = error
for frame in frames(kept):
    if frame.f_code.co_name != "<module>":
        print(frame.f_code.co_name, sorted((name, str(value)) for name, value in frame.f_locals.items() if name != "inner"), frame.f_back and frame.f_back.f_code.co_name, frame.f_lineno)
for frame in frames(kept):
    if frame.f_code.co_name == "many":
        frame.f_locals["local"] = "another"
        frame.f_locals["new"] = 1
        print(sorted(frame.f_locals))
        frame.clear()
        print(frame.f_locals, frame.f_back.f_code.co_name)
print("drop")
del frame, kept
print("dropped")


# A frame in a cycle with its own exception goes by the collector.
def cycle():
    thing = Thing("in a cycle")
    try:
        none()
    except ValueError as error:
        again = error


cycle()
print("collect", gc.collect() > 0)


# More variables than small blocks hold.
names = [f"v{number}" for number in range(3000)]
source = "def wide():\n" + "".join(f"    {name} = {number}\n" for number, name in enumerate(names)) + "    raise KeyError(v2999)\n"
space = {}
exec(source, space)
try:
    space["wide"]()
except KeyError as error:
    last = list(frames(error))[-1].f_locals
    print(error, len(last), last["v0"], last["v2999"])
del last


def generator():
    try:
        yield 1
        yield 2
    finally:
        print("generator ends")


def throwing():
    g = generator()
    next(g)
    g.throw(ValueError("thrown"))


try:
    throwing()
except ValueError as error:
    print([frame.f_code.co_name for frame in frames(error)], list(frames(error))[-1].f_locals)

# The frame is asked for before it ends, and after.
def early():
    here = sys._getframe()
    value = 1
    try:
        none()
    except ValueError as error:
        assert error.__traceback__.tb_frame is here
        del error
    value = 2
    return here


frame = early()
print(frame.f_locals["value"], frame.f_lineno - frame.f_code.co_firstlineno)
frame.clear()
print(frame.f_locals)

# In a module, the names of handlers come and go; other names stay where they are, whether they are globals or builtins.
total = 0
for number in range(200):
    try:
        if number % 3:
            int("x")
        else:
            [][number]
    except ValueError as error:
        total += len(error.args)
        try:
            {}[number]
        except KeyError as inner:
            total += inner.args[0]
    except IndexError as error:
        total += abs(-1)
        if number == 150:
            extra = number
    if number == 100:
        len = lambda args: 1000
    if number == 120:
        del len
    assert "error" not in globals() and "inner" not in globals()
    try:
        error
    except NameError as problem:
        total += 1
    if number == 160:
        error = inner = 5
        del inner, error
print(total, extra, [name for name in globals() if name in ("error", "inner", "problem", "extra", "len")])


class Body:
    for number in range(30):
        try:
            int("y")
        except ValueError as error:
            total = number
    try:
        del error
    except NameError as problem:
        print(problem)
    print(sorted(name for name in vars() if not name.startswith("__")))


class Failing(Exception):
    def __init__(self, thing):
        self.thing = thing
        super().__init__(thing)


def attributes():
    try:
        try:
            raise Failing(Thing("of the first"))
        except Failing as first:
            raise Failing(2) from first
    except Failing as second:
        print(second.thing, second.__cause__.thing.name, second.__context__ is second.__cause__, second.args)
        reference = weakref.ref(second)
    print(reference() is None)


attributes()
print("the end")
