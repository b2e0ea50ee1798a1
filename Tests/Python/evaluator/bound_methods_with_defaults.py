# Bound methods, held or passed on, of functions whose last parameters take their defaults: one place calls them again and again, and then others.
import gc
import types
import weakref


class Box:
    def __init__(self, name):
        self.name = name

    def show(self, a, b=2, *, c=3):
        return self.name, a, b, c

    def plain(self, a, b=2, c="c"):
        return self.name, a, b, c

    def exact(self, a):
        return self.name, a

    def recurse(self, depth, keep=None):
        again = self.recurse
        return [depth, keep] if depth == 0 else again(depth - 1)

    @classmethod
    def make(cls, a, b=5):
        return cls.__name__, a, b

    def fails(self, a, b=None):
        raise KeyError(a, b)


def call_one(function, times):
    for i in range(times):
        result = function(i)
    return result


box = Box("box")
for method in (box.plain, box.exact, box.show, Box.make, box.recurse, Box("other").plain, types.MethodType(lambda self, a, b=7: (self, a, b), 3), types.MethodType(max, 1)):
    print(call_one(method, 100) if method != box.recurse else call_one(method, 4))

for method in (box.plain, lambda a, b=1: (a, b), box.exact, str, box.plain, len, Box.make):
    try:
        print(call_one(method, 3))
    except TypeError as error:
        print(error)


def too_few(method):
    for _ in range(20):
        try:
            method()
        except TypeError as error:
            last = error
    return last


print(too_few(box.plain), "|", too_few(box.exact))


def changing():
    method = box.plain
    seen = []
    for i in range(12):
        seen.append(method(i))
        if i == 4:
            Box.plain.__defaults__ = ("new", "defaults")
        if i == 6:
            Box.plain.__defaults__ = ("one",)
        if i == 8:
            Box.plain.__defaults__ = (2, "c")
    return seen


try:
    changing()
except TypeError as error:
    print(error)
Box.plain.__defaults__ = (2, "c")


def temporary(times):
    for i in range(times):
        kept = weakref.ref(target := Box(str(i)))
        function = target.plain
        del target
        result = function(i)
        del function
    gc.collect()
    return result, kept()


print(temporary(30))

for i in range(10):
    method = box.fails
    try:
        method(i)
    except KeyError as error:
        seen = error.args, error.__traceback__.tb_next.tb_frame.f_locals["self"] is box
print(seen)


def deep(depth, method=None):
    method = Box("deep").recurse
    try:
        return method(depth)
    except RecursionError as error:
        return type(error).__name__


print(deep(50), deep(100000))
