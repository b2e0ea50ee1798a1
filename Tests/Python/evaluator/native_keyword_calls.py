"""Native functions called with keywords again and again at one place: what is bound, what is missing, and what else comes by."""

import io
import operator
import sys


def attempt(call, *arguments):
    # Often enough that a place has settled on what it saw.
    for _ in range(12):
        try:
            result = call(*arguments)
        except Exception as error:
            result = type(error).__name__, str(error)
    print(call.__name__, result)


def sort_key(values):
    return sorted(values, key=operator.neg, reverse=False)


def sort_method(values):
    values = list(values)
    values.sort(reverse=True, key=abs)
    return values


def any_number(*values):
    out = io.StringIO()
    print(1, 2, *values, sep="-", end="!", file=out)
    print(1, "a", sep="+", file=out)
    print(end="?", file=out)
    print("flush", flush=True, file=out)
    return out.getvalue()


def splits(text):
    return text.split(sep=",", maxsplit=1), text.rsplit(maxsplit=1), text.encode(errors="replace", encoding="ascii")


def whole(data):
    return int.from_bytes(data, byteorder="little", signed=True), int.from_bytes(data, "big", signed=False)


def unexpected(values):
    return sorted(values, keys=abs)


def nothing_like(values):
    return sorted(values, zzzzzz=abs)


def twice(text):
    return text.split(",", sep=",")


def missing(values):
    return sorted(key=abs)


def none_taken(values):
    return len(obj=values)


def positional_only(text):
    return text.replace(old="a", new="b")


def too_many(text):
    return text.split(",", 1, 2, maxsplit=3)


def text_replaced(text):
    return text.replace("a", "b", count=1)


def wrong_value(text):
    return text.split(",", maxsplit="1")


def raises(values):
    return sorted(values, key=lambda value: 1 // value)


def smallest(*values):
    return min(*values, key=abs), max(values, default=3), min((), default=None), max(values, key=None)


def enumerated(values):
    return list(enumerate(values, start=3)), list(zip(values, values, strict=True)), dict(values=len(values), other=1), str(object=5), bytes(source=b"x")


for arguments in ((sort_key, [3, 1, 2]), (sort_method, [-3, 1, 2]), (any_number, 3, 4), (splits, "a,b,c d"), (whole, b"\xff\x01"), (unexpected, [1]), (nothing_like, [1]), (twice, "a,b"),
                  (missing, [1]), (none_taken, [1]), (positional_only, "abc"), (too_many, "a"), (text_replaced, "aaa"), (wrong_value, "a"), (raises, [1, 0]), (smallest, -3, 2), (enumerated, [1, 2])):
    attempt(*arguments)


# One place that sees natives, Python functions, classes and methods in turns.
class Key:
    def __init__(self, values, *, key=None, reverse=False):
        self.result = ("class", values, key is None, reverse)

    @classmethod
    def of(cls, values, reverse=False, key=None):
        return "class method", cls.__name__, values, reverse

    def method(self, values, **keywords):
        return "method", values, sorted(keywords)


def python(values, reverse=False, *, key=None):
    return "python", values, reverse, key is None


def other(values, key, reverse):
    return "other", values, reverse


kinds = [sorted, python, Key, Key.of, Key(1).method, other, sorted, operator.itemgetter(0), lambda values, key, reverse: reverse, len]
for turn in range(40):
    callable = kinds[turn // 3 % len(kinds)] if turn < 30 else kinds[turn % len(kinds)]
    try:
        result = callable([2, 1], key=abs, reverse=True)
    except TypeError as error:
        result = str(error)
    if turn % 3 == 0:
        print(getattr(result, "result", result))


# Methods of one name on receivers of several classes.
class Text(str):
    def split(self, sep=None, maxsplit=-1):
        return "own", sep, maxsplit


class Derived(str):
    pass


for receiver in [" a b"] * 8 + [b" a b", bytearray(b"a b"), Text("x"), Derived("a b"), " a b", b"a b"] * 2:
    print(receiver.split(maxsplit=1), end=" ")
print()
try:
    for receiver in ["a"] * 8 + [3]:
        receiver.split(maxsplit=1)
except AttributeError as error:
    print(error)
split = str.split
try:
    for receiver in ["a b"] * 8 + [b"a"]:
        result = split(receiver, maxsplit=0)
except TypeError as error:
    print(result, error)

# Names that are equal, but other objects.
name = "".join(["rev", "erse"])
for _ in range(8):
    result = sorted([1, 2], **{name: True}, key=None)
print(result)

# What is given is neither kept nor given up twice.
class Marked:
    def __lt__(self, other):
        return False


marked = Marked()
before = sys.getrefcount(marked)
for _ in range(50):
    sorted([marked, marked], key=None)
    print(marked, end="", file=io.StringIO())
    try:
        sorted([marked], keys=marked)
    except TypeError:
        pass
print(sys.getrefcount(marked) - before)

# A native function that calls back and raises, from a loop that goes on.
caught = 0
for index in range(20):
    try:
        sorted([3, index % 3], key=lambda value: 1 // value)
    except ZeroDivisionError:
        caught += 1
print(caught)
