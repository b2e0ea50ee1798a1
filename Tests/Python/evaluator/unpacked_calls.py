"""f(*args) and f(*args, **kw) of functions, bound methods, classes, native functions and other callables, again and again at one place."""

import functools
import gc
import sys
import weakref


def plain(a, b):
    return a, b


def defaults(a, b=2, *, c=3):
    return a, b, c


def anything(*args, **kw):
    return args, kw


class Point:
    def __init__(self, x, y=0, **more):
        self.x, self.y, self.more = x, y, more

    def method(self, a):
        return type(self).__name__, a

    def any(self, *args, **kw):
        return len(args), kw

    @classmethod
    def make(cls, x, y):
        return cls(x, y)

    @staticmethod
    def static(a, b):
        return a, b

    def __call__(self, a, b):
        return "called", a, b

    def __repr__(self):
        return f"Point({self.x}, {self.y}, {self.more})"


class Returns:
    def __init__(self, a, b):
        return a


class Problem(Exception):
    def __init__(self, a, b):
        self.b = b


class Made:
    def __new__(cls, *args, **kw):
        return args, kw

    def __init__(self, a):
        print("never")


point = Point(1)


def outcome(callable, args, kw):
    try:
        result = callable(*args, **kw)
    except Exception as error:
        return type(error).__name__, str(error)
    return (type(result).__name__, result.args, result.b) if isinstance(result, Problem) else result


def without(callable, args):
    try:
        return callable(*args)
    except Exception as error:
        return type(error).__name__, str(error)


callables = [plain, defaults, anything, point.method, point.any, Point, Point.make, Point.static, point, Returns, Problem, Made, max, len, "a-b".split, str.split, dict, print, functools.partial(plain, 1),
             functools.lru_cache(plain), None]
for callable in callables:
    name = getattr(callable, "__qualname__", type(callable).__name__)
    for args, kw in [((1, 2), {}), ((1,), {}), ((), {}), ((1, 2, 3), {}), ((1,), {"b": 5}), ((1, 2), {"b": 5}), (("-",), {"maxsplit": 1}), ((), {"a": 1, "b": 2}), ([1, 2], {}), (iter("ab"), {}), (5, {})]:
        if args == 5 and type(callable) is functools.partial:
            continue
        args = list(args) if name == "Made" and not isinstance(args, (int, tuple)) else args
        print(name, outcome(callable, args, kw), without(callable, args if not hasattr(args, "__next__") else "cd"))

# One place that settled on one callable meets others.
for first in callables[:16]:
    for turn in range(20):
        result = without(first if turn < 10 else callables[turn % 16], (1, 2))
    print(result)
for turn in range(100):
    result = outcome(callables[turn % 12], (1, 2), {"z": 1} if turn % 5 == 0 else {})
print(result)


# Frames of methods and classes are entered directly: what they see and what tracebacks show.
class Deep:
    def __init__(self, depth, *rest):
        self.frame = sys._getframe().f_code.co_qualname, sys._getframe(1).f_code.co_qualname
        self.rest = rest
        if depth == 3:
            raise ValueError(depth)
        self.inner = Deep(*(depth + 1, *rest)) if depth < 2 else None

    def down(self, count, *rest, **kw):
        if count == 0:
            return len(rest), kw
        return self.down(*(count - 1, *rest, count), **kw)


deep = Deep(*(0, 1, 2))
print(deep.frame, deep.inner.frame, deep.inner.inner.rest)
print(deep.down(*(50,), **{"k": 1}))
try:
    Deep(*[3])
except ValueError as error:
    frames = []
    traceback = error.__traceback__
    while traceback:
        frames.append((traceback.tb_frame.f_code.co_qualname, traceback.tb_lineno - traceback.tb_frame.f_code.co_firstlineno))
        traceback = traceback.tb_next
    print(frames[1:])


def endless(*args):
    return endless(*args)


class Endless:
    def again(self, a):
        return self.again(*(a,))

    def __init__(self, *args):
        if args:
            Endless(*args)


for callable, args in [(endless, (1,)), (Endless().again, (1,)), (Endless, (1,))]:
    try:
        callable(*args)
    except RecursionError as error:
        print(error)

# References: what is given, the receiver, the instance, and the method object itself.
class Marked:
    def take(self, a, b):
        return None

    def fail(self, a):
        raise KeyError(a)


marked = Marked()
value = object()
counts = sys.getrefcount(marked), sys.getrefcount(value)
ended = []
for turn in range(30):
    marked.take(*(value, value))
    plain(*[value, marked])
    Point(*(value,), **{"y": marked, "z": value})
    try:
        marked.fail(*(value,))
    except KeyError:
        pass
    try:
        marked.take(*(value,))
    except TypeError:
        pass
    try:
        Point(*(), **{"y": value})
    except TypeError:
        pass
    method = marked.take
    watched = weakref.ref(method, lambda reference: ended.append(turn))
    arguments = (value, value)
    holder = [method]
    del method
    holder.pop()(*arguments)
    gc.collect() if turn == 7 else None
    max(*(1, 2))
del arguments
print(sys.getrefcount(marked) - counts[0], sys.getrefcount(value) - counts[1], len(ended))


# A method that nobody else has lives until its call has ended.
class Logs:
    def log(self, *args, **kw):
        ended.append("called")

    def exact(self, a):
        ended.append("called")


for arguments, keywords in [((1,), {}), ((1,), {"k": 1})]:
    for _ in range(10):
        ended = []
        holder = [Logs().log]
        watched = weakref.ref(holder[0], lambda reference: ended.append("gone"))
        holder.pop()(*arguments, **keywords)
        exact = [Logs().exact]
        again = weakref.ref(exact[0], lambda reference: ended.append("gone"))
        exact.pop()(*arguments)
    print(ended)


# Keywords whose names are no ordinary strs, and a dict that the callee cannot reach.
class Name(str):
    pass


def keep(**kw):
    kw["more"] = 1
    return kw


given = {Name("a"): 1, "b": 2}
for _ in range(5):
    result = keep(**given)
print(result, given, [type(name).__name__ for name in result])
for _ in range(5):
    try:
        keep(**{1: 2})
    except TypeError as error:
        result = str(error)
print(result)
