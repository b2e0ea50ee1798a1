# Generators that hand on what their delegates yield, several deep: values, `send`, `throw`, ends, and what a look from inside or outside sees.
import sys
import traceback


def leaf(name):
    for number in range(4):
        got = yield name, number
        if got is not None:
            print("leaf got", got)
            if got == "raise":
                raise ValueError(name)
            if got == "frames":
                frame, names = sys._getframe(), []
                while frame is not None and frame.f_code.co_name != "<module>":
                    names.append((frame.f_code.co_name, frame.f_lineno))
                    frame = frame.f_back
                print(names)
    return name + " ended"


def middle(depth, name):
    if depth == 0:
        result = yield from leaf(name)
    else:
        result = yield from middle(depth - 1, name)
    return result, depth


def twice(depth):
    first = yield from middle(depth, "first")
    print("first:", first)
    second = yield from middle(depth, "second")
    return second


def drain(generator):
    result = []
    while True:
        try:
            result.append(next(generator))
        except StopIteration as stop:
            return result, stop.value


for depth in range(5):
    print(drain(twice(depth)))
    print([value for value in twice(depth)], list(twice(depth)))

chain = twice(3)
print(next(chain), chain.send("one"), chain.send("frames"))
inner, seen = chain, []
while inner is not None:
    seen.append((inner.gi_code.co_name, inner.gi_running, inner.gi_suspended, inner.gi_frame.f_lineno))
    inner = inner.gi_yieldfrom
print(seen)
try:
    chain.send("raise")
except ValueError as error:
    print([(entry.name, entry.lineno) for entry in traceback.extract_tb(error.__traceback__)])
print(list(chain))


# A chain whose middle is resumed by others in between, and whose end is closed.
def cleaned(name, inner):
    try:
        yield from inner
    finally:
        print("cleaned", name)


innermost = leaf("shared")
chain = cleaned("outer", cleaned("inner", innermost))
print(next(chain), next(innermost), next(chain))
chain.close()
print(list(innermost))

chain = cleaned("outer", cleaned("inner", leaf("thrown into")))
next(chain)
try:
    chain.throw(KeyError("thrown"))
except KeyError as error:
    print(error, [entry.name for entry in traceback.extract_tb(error.__traceback__)])


# Reentrance: the innermost resumes the outermost.
def recursive():
    yield 1
    try:
        next(outermost)
    except ValueError as error:
        print(error)
    yield 2


def handing_on(inner):
    yield from inner


outermost = handing_on(handing_on(recursive()))
print(list(outermost))


# Delegates of other kinds at the end of the chain.
class Iterator:
    def __init__(self):
        self.left = 3

    def __iter__(self):
        return self

    def __next__(self):
        self.left -= 1
        if self.left < 0:
            raise StopIteration("iterator ended")
        return self.left

    def send(self, value):
        print("iterator got", value)
        return next(self)


for end in (Iterator(), [1, 2], range(2), "ab", iter({1: 2})):
    chain = handing_on(handing_on(end))
    print(drain(chain))
chain = handing_on(handing_on(Iterator()))
print(next(chain), chain.send("value"))


# What is being handled belongs to each generator by itself.
def handling(inner):
    try:
        raise KeyError("handled")
    except KeyError:
        for _ in range(2):
            print("outer handles", repr(sys.exception()))
            yield from inner()
        print("outer still handles", repr(sys.exception()))


def quiet():
    print("inner sees", repr(sys.exception()))
    yield 1
    try:
        1 / 0
    except ZeroDivisionError:
        yield repr(sys.exception())
    yield repr(sys.exception())


for value in handing_on(handling(quiet)):
    print(value, repr(sys.exception()))


# Coroutines in coroutines.
class Wait:
    def __await__(self):
        answer = yield "waiting"
        return answer


async def waits(depth):
    if depth == 0:
        return await Wait()
    return await waits(depth - 1), depth


coroutine = waits(4)
print(coroutine.send(None))
inner = coroutine
while inner is not None and hasattr(inner, "cr_await"):
    print(inner.cr_code.co_name, inner.cr_suspended)
    inner = inner.cr_await
try:
    coroutine.send("answer")
except StopIteration as stop:
    print(stop.value)


# A deep one.
chain = leaf("deep")
for _ in range(300):
    chain = handing_on(chain)
print(list(chain))
