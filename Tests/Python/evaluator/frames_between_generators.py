# Chains of generators and coroutines that hand on what the innermost one yields: whoever looks at the frames between, ends one of them or raises through them
# finds them as if each had been resumed by itself.

import gc
import sys
import traceback


def chain(depth, leaf, *arguments):
    mark = [depth]
    if depth:
        result = yield from chain(depth - 1, leaf, *arguments)
        return (depth, result)
    return (yield from leaf(*arguments))


def drain(generator, sent=None):
    values = []
    try:
        values.append(next(generator))
        while True:
            values.append(generator.send(sent))
    except StopIteration as stop:
        return values, stop.value


# Values, results and what is sent.
def echo(count):
    got = []
    for number in range(count):
        got.append((yield number))
    return got


print(drain(chain(5, echo, 4), "sent"))


# The frames between, from inside.
def names():
    for number in range(4):
        frame, seen = sys._getframe(), []
        while frame.f_code.co_name in ("names", "chain"):
            seen.append((frame.f_code.co_name, frame.f_locals.get("depth"), frame.f_locals.get("mark"), frame.f_lineno - frame.f_code.co_firstlineno))
            frame = frame.f_back
        yield seen


for seen in chain(3, names):
    print(seen)


# A frame object that was made while the frame stood between stays right afterwards; what is written through it arrives.
def rewriting():
    yield "first"
    yield "second"
    frame = sys._getframe(2)
    yield "third"
    frame.f_locals["mark"].append("seen")
    frame.f_locals["depth"] = 77
    yield "fourth"
    return frame


values, (outer, (inner, frame)) = drain(chain(2, rewriting))
print(values, outer, inner, frame.f_locals["depth"])


def deep(depth, leaf):
    local = "local %d" % depth
    if depth:
        yield from deep(depth - 1, leaf)
        yield local
    else:
        yield from leaf()


def look_back():
    for number in range(3):
        yield number
    frame = sys._getframe(2)
    yield sorted(frame.f_locals)
    frame.f_locals["local"] = "changed"
    yield frame.f_locals["local"]


print(list(deep(3, look_back)))


# States.
kept = {}


def keeping(depth, leaf):
    if depth:
        generator = keeping(depth - 1, leaf)
        kept[depth] = generator
        yield from generator
    else:
        yield from leaf()


def running():
    for number in range(3):
        yield [(depth, kept[depth].gi_running, kept[depth].gi_suspended, kept[depth].gi_yieldfrom is None) for depth in sorted(kept)]
    for depth in sorted(kept):
        try:
            next(kept[depth])
        except ValueError as error:
            yield str(error)
    yield [kept[depth].gi_frame.f_locals["depth"] for depth in sorted(kept)]


top = keeping(3, running)
for value in top:
    print(value)
    print([(kept[depth].gi_running, kept[depth].gi_suspended, type(kept[depth].gi_yieldfrom).__name__) for depth in sorted(kept)])


# Exceptions from within, handled by one in the middle, who goes on.
def failing(when):
    for number in range(5):
        if number == when:
            raise KeyError(number)
        yield number


def careful(depth, when):
    if depth == 0:
        yield from failing(when)
    elif depth == 2:
        try:
            yield from careful(depth - 1, when)
        except KeyError as error:
            yield "caught %r" % error
            yield [entry.name for entry in traceback.extract_tb(error.__traceback__)]
            yield from careful(depth - 1, 99)
    else:
        yield from careful(depth - 1, when)


print(list(careful(4, 3)))
try:
    print(list(deep(3, lambda: failing(2))))
except KeyError as error:
    print([(entry.name, entry.lineno) for entry in traceback.extract_tb(error.__traceback__)])
    found = error.__traceback__
    while found:
        print(found.tb_frame.f_code.co_name, sorted(found.tb_frame.f_locals))
        found = found.tb_next


# What is raised where it waits, and closing.
def cleaning():
    try:
        for number in range(5):
            try:
                yield number
            except ZeroDivisionError as error:
                yield "zero", sys.exception() is error
    finally:
        print("closed", sys.exception() and type(sys.exception()).__name__)


generator = deep(4, cleaning)
print(next(generator), next(generator), next(generator))
print(generator.throw(ZeroDivisionError))
print(next(generator), next(generator))
generator.close()
generator = deep(4, cleaning)
print(next(generator), next(generator), next(generator))
del generator


# The exception that is being handled: each frame's own, then that of who resumed it.
def handling(depth, leaf):
    if depth == 2:
        try:
            raise LookupError("of the middle")
        except LookupError:
            yield from handling(depth - 1, leaf)
            yield repr(sys.exception())
        yield repr(sys.exception())
    elif depth:
        yield from handling(depth - 1, leaf)
        yield repr(sys.exception())
    else:
        yield from leaf()


def exceptions():
    for number in range(3):
        yield repr(sys.exception())
    try:
        raise TypeError("of the leaf")
    except TypeError as error:
        yield repr(error.__context__)


print(list(handling(3, exceptions)))
print(list(handling(1, exceptions)))
try:
    raise OSError("outside")
except OSError:
    print(list(handling(4, exceptions)))
    print(list(deep(3, exceptions)))
    generator = deep(3, exceptions)
    print(next(generator), next(generator))
print(next(generator), next(generator))


# A tool that comes while the frames stand there.
def tracing():
    yield 1
    yield 2
    sys.settrace(trace)
    frame = sys._getframe().f_back
    while frame.f_code is deep.__code__:
        frame.f_trace = trace
        frame = frame.f_back
    yield 3
    yield 4
    sys.settrace(None)
    yield 5


events = []


def trace(frame, event, argument):
    events.append((frame.f_code.co_name, event, argument if isinstance(argument, (int, str)) else None))
    return trace


print(list(deep(2, tracing)))
print(events)

watched = []
TOOL = sys.monitoring.DEBUGGER_ID
sys.monitoring.use_tool_id(TOOL, "test")
sys.monitoring.register_callback(TOOL, sys.monitoring.events.PY_YIELD, lambda code, offset, value: watched.append(("yield", code.co_name, value)))
sys.monitoring.register_callback(TOOL, sys.monitoring.events.PY_RESUME, lambda code, offset: watched.append(("resume", code.co_name)))


def watching():
    yield 1
    yield 2
    sys.monitoring.set_events(TOOL, sys.monitoring.events.PY_YIELD | sys.monitoring.events.PY_RESUME)
    yield 3
    yield 4
    sys.monitoring.set_events(TOOL, 0)
    yield 5


print(list(deep(2, watching)))
print(watched)
sys.monitoring.free_tool_id(TOOL)


# Too deep.
descent = []


def descend(depth):
    if depth:
        inside = descend(depth - 1)
        descent.append(inside)
        yield from inside
    else:
        yield 1
        yield 2
        yield recurse(0)
        yield 4


def recurse(count):
    try:
        return recurse(count + 1)
    except RecursionError:
        return "too deep"


print(list(descend(100)))
generator = descend(100)
print(next(generator), next(generator))


def lower(count):
    if count:
        return lower(count - 1)
    try:
        return next(generator)
    except RecursionError as error:
        return str(error)


print(lower(sys.getrecursionlimit() - 60))


# Coroutines.
class Pause:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        return (yield self.value)


async def wait(depth):
    if depth:
        got = await wait(depth - 1)
        got.append(depth)
        return got
    got = [await Pause("a"), await Pause("b"), await Pause("c")]
    return got


coroutine = wait(4)
print([coroutine.send(None), coroutine.send(1), coroutine.send(2)])
try:
    coroutine.send(3)
except StopIteration as stop:
    print(stop.value)


# An iterator that is a generator, of a class that makes it; a delegate that is not a generator, deep inside.
class Tree:
    def __init__(self, left, value, right):
        self.left, self.value, self.right = left, value, right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


def grow(values):
    if not values:
        return None
    middle = len(values) // 2
    return Tree(grow(values[:middle]), values[middle], grow(values[middle + 1:]))


tree = grow(range(40))
print(list(tree), sum(tree), max(tree), set(tree) == set(range(40)))
print(list(deep(3, lambda: [10, 20, 30])), list(deep(3, lambda: iter("abc"))))


class NotAnIterator:
    def __iter__(self):
        return 5


class Broken:
    def __iter__(self):
        raise ArithmeticError("no iterator")


def no_locals():
    print("value", (yield from Tree(None, 7, None)), (yield from Tree(None, 8, None)))


print(list(no_locals()))
for wrong in (NotAnIterator(), Broken(), 5):
    try:
        list(deep(2, lambda: wrong))
    except (TypeError, ArithmeticError) as error:
        print(type(error).__name__, error)
    try:
        list((lambda: (yield from wrong))())
    except (TypeError, ArithmeticError) as error:
        print(type(error).__name__, error)


# The collector looks at generators that run.
class Witness:
    def __del__(self):
        print("gone")


def collecting():
    for number in range(3):
        yield number
        gc.collect()
    yield sorted({type(value).__name__ for value in gc.get_referents(kept["outer"])} & {"Witness"})


def holding(depth):
    witness = Witness()
    if depth:
        inside = holding(depth - 1)
        kept["outer"] = inside
        yield from inside
    else:
        yield from collecting()


print(list(holding(2)))
