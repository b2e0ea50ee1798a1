# `tuple(x for x in y)`: the generator's frame appends by itself. It ends, raises and is looked at as in a loop that does so.

import gc
import sys
import threading


class Thing:
    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return "Thing(%r)" % self.value


print(tuple(x for x in range(20)), tuple(x for x in ()), tuple(x * 1.5 for x in range(3)))
print(tuple(Thing(x) for x in range(3)), tuple(str(x) for x in range(3) if x != 1))
things = [Thing(x) for x in range(3)]
before = [sys.getrefcount(thing) for thing in things]
copy = tuple(thing for thing in things)
print([sys.getrefcount(thing) - count for thing, count in zip(things, before)], copy)
del copy
print([sys.getrefcount(thing) - count for thing, count in zip(things, before)])
print(tuple((x, y) for x in range(3) for y in tuple(z for z in range(x))))


def counted(seen, count):
    for number in range(count):
        seen.append(number)
        yield number


# One that ends early, one that is half over already.
def failing():
    yield 1
    yield 2
    raise KeyError("three")


def from_failing():
    return tuple(x for x in failing())


try:
    from_failing()
except KeyError as error:
    traceback = error.__traceback__
    while traceback:
        print(traceback.tb_frame.f_code.co_name, traceback.tb_lineno)
        traceback = traceback.tb_next
seen = []
values = counted(seen, 6)
next(values)
print(tuple(x for x in values), seen, tuple(x for x in values))


# Delegation inside.
def outer(count):
    yield "first"
    got = yield from counted([], count)
    yield got


def spread(values):
    return tuple(value for group in values for value in group)


print(spread([outer(2), outer(0)]), tuple((yield_ for yield_ in outer(2))))


# Whoever looks from inside.
def look():
    frame = sys._getframe(2)
    return frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, sys._getframe(1).f_locals["x"]


def looked_at():
    return tuple(
        (x, look())
        for x in range(3)
    )


print(looked_at())


# The same generator again, by its own frame.
def reentered():
    def step(x):
        try:
            return next(generator)
        except ValueError as error:
            return str(error)
    generator = (step(x) for x in range(3))
    return tuple(x for x in generator)


print(reentered())


# Values that come while others switch the interpreter's threads, and while garbage is collected.
def busy(count):
    for number in range(count):
        if number % 100 == 0:
            gc.collect()
        yield [number]


results = []
threads = [threading.Thread(target=lambda: results.append(sum(len(x) for x in tuple(y for y in busy(500))))) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(results)

# A tool that comes in the middle.
events = []


def trace(frame, event, argument):
    events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
    return trace


def switching(x):
    if x == 2:
        sys.settrace(trace)
        sys._getframe(1).f_trace = trace
        sys._getframe(2).f_trace = trace
    if x == 4:
        sys.settrace(None)
    return x


def traced():
    result = tuple(switching(x) for x in range(6))
    return result


print(traced())
print(events)

# Own meaning of the name.
def shadowed(tuple):
    return tuple(x for x in range(3))


print(shadowed(list), shadowed(sum))


def deep(count):
    return tuple(y for x in range(1) for y in deep(count - 1)) + (count,) if count else ()


print(deep(20))


# From the end.
class Backwards:
    def __reversed__(self):
        return iter("reversed")


for sequence in (range(0), range(5), range(10, 0, -3), range(3, 20, 4), range(2 ** 62, 2 ** 62 + 3), range(2 ** 70, 2 ** 70 + 2), [], [1, 2, 3], (4, 5), "ab", {1: 2, 3: 4}):
    print(list(reversed(sequence)), type(reversed(sequence)).__name__, reversed(sequence).__reduce__() if not isinstance(sequence, dict) else "")
print(list(reversed(Backwards())))
for wrong in (5, None, {1}, iter([])):
    try:
        reversed(wrong)
    except TypeError as error:
        print(error)


class Numbers(list):
    def __reversed__(self):
        return "own"


print(reversed(Numbers([1])))
numbers = [1, 2, 3]
iterator = reversed(numbers)
print(next(iterator), numbers.pop(), list(iterator), numbers)


# `any` and `all`.
class Truth:
    def __init__(self, value):
        self.value = value

    def __bool__(self):
        if self.value is None:
            raise RuntimeError("no truth")
        return self.value


def truths(values):
    return any(x for x in values), all(x for x in values), any(not x for x in values), all(not x for x in values)


for values in ([], [0, 0], [1, 1], [0, 1, 0], ["", (), {}, None, 0.0], ["a", 1.5], [Thing(1)], [Truth(False), Truth(True)], [[], Truth(False)], [Truth(True), [0]]):
    print(truths(values))
for values in ([0, Truth(None)], [1, Truth(None)]):
    try:
        print(truths(values))
    except RuntimeError as error:
        print(error)
emptied = [[] for _ in range(3)]
before = [sys.getrefcount(thing) for thing in emptied]
print(any(x for x in emptied), [sys.getrefcount(thing) - count for thing, count in zip(emptied, before)])
seen = []
print(any(seen.append(x) or x > 2 for x in range(10)), seen)
values = (x for x in range(10))
print(any(x > 3 for x in values), list(values))
values = counted([], 5)
print(all(x < 2 for x in values), list(values))
