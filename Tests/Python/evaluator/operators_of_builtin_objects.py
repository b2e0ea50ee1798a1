# Operators on objects of builtin types, at places that see one kind for long and then another.
import array
import datetime
import re
import weakref


def add(a, b): return a + b
def subtract(a, b): return a - b
def both(a, b): return a & b
def either(a, b): return a | b
def times(a, b): return a * b
def rest(a, b): return a % b
def item(a, b): return a[b]
def less(a, b): return a < b
def equal(a, b): return a == b
def at_most(a, b): return "yes" if a <= b else "no"
def differ(a, b): return "yes" if a != b else "no"
def store(a, b): a[1] = b; return a


def extend(a, b):
    a += b
    return a


class Eager(list):
    def __radd__(self, other):
        return "radd"

    def __le__(self, other):
        return "le"

    def __ge__(self, other):
        return ""


class Loud:
    def __repr__(self):
        return "Loud()"

    def __add__(self, other):
        return "Loud", other

    def __radd__(self, other):
        return "loud", other

    def __eq__(self, other):
        return ["answer"]

    def __lt__(self, other):
        return []


loud = Loud()
proxy = weakref.proxy(loud)
operands = [
    [1], [2, 3], (1,), (2, 3), {1, 2}, {2}, frozenset({2, 3}), b"ab", bytearray(b"cd"), "text", "%s", 10**30, 3, 2.5, 1e300, None, True, array.array("i", [4, 5]), array.array("d", [1.5]),
    datetime.date(2026, 1, 2), datetime.timedelta(days=1), datetime.datetime(2026, 1, 2), {1: 2}, {3: 4}, Eager([9]), loud, proxy, range(3), slice(0, 1),
]


def outcome(function, a, b):
    try:
        result = function(a, b)
    except Exception as error:
        return type(error).__name__, str(error)
    return result


for function in (add, subtract, both, either, times, rest, item, less, equal, at_most, differ, store):
    print(function.__name__)
    for a in operands:
        if function is times and isinstance(a, (int, float)) and a is not True:
            continue
        for b in operands:
            if function is times and b == 10**30:
                continue
            first = outcome(function, a, b)
            again = outcome(function, a, b)
            if function is not store and repr(first) != repr(again):
                print("not the same again", a, b, first, again)
            if first.__class__ is not tuple or first[0] not in ("TypeError", "AttributeError"):
                print(re.sub("<weakproxy[^>]*>", "proxy", f"{a!r} {b!r} {first!r}"))
    # One kind for long.
    for _ in range(100):
        outcome(function, {1, 2}, {2})
        outcome(function, [1, 2], [3])
    print(outcome(function, 3, 4), outcome(function, 10**30, 7), outcome(function, {1}, 5), outcome(function, loud, loud) != 0)

for a in ([1], (1,), {1}, bytearray(b"a"), array.array("i", [1]), 10**20, "s"):
    for b in ([2], (2,), {2}, b"b", array.array("i", [2]), 10**20, "t", range(2), 5):
        print(outcome(extend, a, b), outcome(extend, a, b))


# The right operand goes away while the operation runs.
class Vanishing:
    def __init__(self, holder):
        self.holder = holder

    def __eq__(self, other):
        self.holder.clear()
        return False


def compare_in_place(times):
    for _ in range(times):
        holder = []
        left, right = [Vanishing(holder), 1], [2, 3]
        holder += [left, right]
        if left == right:
            print("equal")
    return len(holder)


print(compare_in_place(100))


# Native methods with fewer arguments than they have parameters, at one place for several receivers.
def get(container, key): return container.get(key)
def split(text): return text.split()
def pop(container, key): return container.pop(key)
def strip(text): return text.strip("x")


for _ in range(3):
    print([get(each, 1) for each in ({1: 2}, {}, {1: 3})], [split(each) for each in ("a b", b"c d", bytearray(b"e  f"), " ")], strip("xxaxx"), strip("b"))
    print(outcome(get, {}, []), outcome(get, 3, 1), outcome(pop, {}, 1), outcome(pop, [], 1), outcome(pop, [5, 6], 1), outcome(pop, {1: 2}, 1))


# Comparisons of two builtin types at one place, some of which derive from others or stand for others.
import collections
import decimal
import fractions
import types


class Number(int):
    def __eq__(self, other):
        return "Number asked"

    __hash__ = None


def compare_all(a, values):
    found = []
    for b in values:
        for _ in range(3):
            if a == b:
                answer = "="
            else:
                answer = "!"
            try:
                answer += "<" if a < b else ">"
            except TypeError as error:
                answer += "E" if str(error).startswith("'<' not supported between instances of ") else str(error)
        found.append(answer)
    return " ".join(found)


kept = {1, 2}
things = [
    b"a", "a", bytearray(b"a"), 10**30, 1.5e300, 3 + 0j, (1,), [1], {1: 2}, {1}, frozenset({1, 2}), collections.OrderedDict({1: 2}), collections.defaultdict(int, {1: 2}), {1: 2}.keys(),
    {1: 2}.items(), range(3), slice(1), memoryview(b"a"), weakref.proxy(kept), object, int, len, datetime.date(2020, 1, 1), datetime.datetime(2020, 1, 1), decimal.Decimal(10**30),
    fractions.Fraction(10**30), Number(5), collections.deque([1]), types.MappingProxyType({1: 2}),
]
for thing in things:
    print(type(thing).__name__, compare_all(thing, things))
