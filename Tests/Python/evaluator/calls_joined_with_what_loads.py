# `object.method()` and `len(local)` may run as one instruction: whatever changes between two runs is seen, and what goes wrong is told as ever.
import builtins
import sys
import traceback


class Base:
    def name(self):
        return "Base"

    def twice(self):
        return self.name() + self.name()


class Derived(Base):
    def name(self):
        return "Derived"


class Other:
    def name(self):
        raise ValueError("no name")


class Native:
    name = str


class Bound:
    def __init__(self):
        self.name = lambda: "of the instance"


def ask(thing):
    return thing.name()


# One class, then more than a place remembers, and those for which the method is no Python function.
print([ask(Base()) for _ in range(20)][-1])
for _ in range(30):
    for thing in (Base(), Derived(), Bound(), Native()):
        answer = ask(thing)
        if _ in (0, 29):
            print(type(thing).__name__, repr(answer))
print(Derived().twice())

try:
    ask(Other())
except ValueError:
    for line in traceback.format_exc().splitlines():
        print(line.strip() if "File" not in line else line.split(", ", 1)[1])


# The method, its code, its parameters and the instance change.
def again(thing):
    return thing.name()


thing = Base()
print([again(thing) for _ in range(10)][-1])
Base.name = lambda self: "replaced"
print(again(thing))
Base.name.__code__ = (lambda self: "other code").__code__
print(again(thing))
Base.name.__code__ = (lambda self, other="a default": other).__code__
try:
    print(again(thing))
except TypeError as error:
    print(error)
Base.name.__defaults__ = ("a default",)
print(again(thing))
thing.name = lambda: "own"
print(again(thing))
del thing.name
del Base.name
try:
    again(thing)
except AttributeError as error:
    print(error)
for owner in (None, 3, "text", Base):
    try:
        again(owner)
    except AttributeError as error:
        print(error)


class Deep:
    def down(self):
        return self.down()


try:
    Deep().down()
except RecursionError as error:
    print(type(error).__name__, error)


class Held:
    def me(self):
        return self


held = Held()
before = sys.getrefcount(held)
print({held.me() is held for _ in range(50)}, sys.getrefcount(held) == before, {Held().me() is held for _ in range(50)})


class Generating:
    def items(self):
        yield 1
        yield 2


print([list(Generating().items()) for _ in range(10)][-1])


# len
def size(container):
    return len(container)


for container in ([1, 2], (1,), {1: 2}, {1, 2, 3}, frozenset((1,)), "four", b"five!", bytearray(6), range(7), [], set()):
    print([size(container) for _ in range(12)])


class Sized:
    def __init__(self, answer):
        self.answer = answer

    def __len__(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Children(list):
    def __len__(self):
        return 100


def another_size(container):
    return len(container)


print(another_size([1]), another_size(Sized(5)), another_size([1]), another_size(Children([1])), another_size("ab"))
for wrong in (Sized(-1), Sized("x"), Sized(KeyError("in len")), 5, None, 1.5, object()):
    try:
        another_size(wrong)
    except Exception as error:
        print(type(error).__name__, error)


def unbound(given):
    if given:
        container = [1]
    return len(container)


print([unbound(True) for _ in range(10)][-1])
try:
    unbound(False)
except UnboundLocalError as error:
    print(error)

# The name comes to mean something else.
print(size([1, 2, 3]))
original = builtins.len
builtins.len = lambda container: "patched"
print(size([1, 2, 3]))
builtins.len = sum
print(size([1, 2, 3]))
builtins.len = original
print(size([1, 2, 3]))
len = lambda container: "a global"
print(size([1, 2, 3]))
del len
print(size([1, 2, 3]))


def counted(text):
    total = 0
    for _ in range(3):
        if len(text) > 2:
            total += len(text)
    return total


print(counted("abc"), counted([1]), counted({1, 2, 3, 4}))
text = "x" * 1000
before = sys.getrefcount(text)
for _ in range(100):
    counted(text)
print(sys.getrefcount(text) == before)
