# Dicts asked in loops for keys of bytes, tuples of bytes and numbers, and for such as answer for themselves; classes of dicts that delete in a way of their own.
import collections
import gc


class Loud(bytes):
    def __eq__(self, other):
        print("asked", bytes(self), other)
        return bytes.__eq__(self, other)

    def __hash__(self):
        return bytes.__hash__(self)


class Name(str):
    pass


KEYS = [
    b"", b"a", b"ab", b"ab" * 20, (b"ab",), (b"ab", 1), ((b"ab", b"c"), "c"), 1, 1.0, True, None, "ab", Name("ab"), (Name("ab"), b"ab"),
    1 << 70, frozenset([b"ab"]), Loud(b"ab"), (Loud(b"ab"), 1), [], (b"ab", []), bytearray(b"ab"), int, ..., range(3),
]


def get(table, keys):
    found = []
    for key in keys:
        try:
            found.append(table.get(key))
        except Exception as error:
            found.append((type(error).__name__, str(error)))
    return found


def get_or(table, keys, default):
    found = []
    for key in keys:
        try:
            found.append(table.get(key, default))
        except Exception as error:
            found.append((type(error).__name__, str(error)))
    return found


def subscript(table, keys):
    found = []
    for key in keys:
        try:
            found.append(table[key])
        except Exception as error:
            found.append((type(error).__name__, str(error)))
    return found


tables = [
    {}, {"ab": "text"}, {b"ab": "bytes"}, {b"ab": "bytes", "ab": "text", 1: "one", (b"ab", 1): "pair", ((b"ab", b"c"), "c"): "nested", None: "none"},
    {Loud(b"ab"): "loud"}, {b"a": 1, b"ab" * 20: 2}, {bytes([97, 98]): "made", (bytes([97, 98]), 1): "made pair"},
]
for table in tables:
    for turn in range(3):
        print(turn, get(table, KEYS))
        print(turn, get_or(table, KEYS, "default"))
        print(turn, subscript(table, KEYS))

# Defaults and keys are given up when the call is done.
class Watched:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("end of", self.name)


def ask(table):
    for index in range(4):
        value = table.get(("x", index), Watched(index))
        print(index, type(value).__name__)
        value = None
    print(table.get(Watched("key")), table.get("kept").name)


ask({("x", 2): "there", "kept": Watched("kept")})


class Shrinking(dict):
    def __delitem__(self, key):
        print("delete", key)
        dict.pop(self, key, None)


class Swapped(dict):
    # One slot, two methods: this one gives its arguments on.
    __setitem__ = dict.setdefault

    def __delitem__(self, key):
        print("delete", key)


class Later(Shrinking):
    pass


def fill(table, keys):
    for key in keys:
        table[key] = key
        table[key] = (key, "again")
    for key in keys:
        del table[key]
    return table


for kind in Shrinking, Swapped, Later, collections.Counter, collections.OrderedDict, collections.defaultdict:
    print(kind.__name__, dict(fill(kind(), [b"x", (b"x", b"y"), "text", 3, None])))


def setitem(self, key, value):
    print("set", key, value)
    dict.__setitem__(self, key, value)


Shrinking.__setitem__ = setitem
print(dict(fill(Later(), [b"x", "text"])))
del Shrinking.__setitem__
print(dict(fill(Later(), [b"x", "text"])))

counter = collections.Counter()
for pair in zip([b"a", b"b", b"a"] * 5, [b"b", b"a", b"b"] * 5):
    counter[pair] += 1
print(sorted(counter.items()), counter[b"not", b"there"], len(counter))

# Equality of what holds bytes.
a, b = bytes([1, 2, 3]), bytes([1, 2, 3])
for left, right in [(a, b), ((a, 1), (b, 1)), ((a, 1), (b, 2)), ((a,), (Loud(b),)), (a, bytearray(b)), ((a,), (bytearray(b),)), (a, "x"), ([a], [b])]:
    print(left == right, left != right, left in [right], right in (left,))
print(len({a, b, bytes([1, 2])}), {a: 1} == {b: 1}, {a: 1} == {bytes([1, 2]): 1})


# Keyword-only parameters take their defaults in any order, also from what was put into the dict later.
def options(first, *, alpha=1, beta=2, gamma=3, delta):
    return first, alpha, beta, gamma, delta


def try_options(*arguments, **keywords):
    try:
        return options(*arguments, **keywords)
    except TypeError as error:
        return str(error)


for turn in range(3):
    print(try_options(0, delta=4), try_options(0, beta=9, delta=4), try_options(0), try_options(0, gamma=7, alpha=8, delta=9))
    if turn == 0:
        options.__kwdefaults__ = {"delta": 40, "gamma": 30, "alpha": 10}
    if turn == 1:
        del options.__kwdefaults__["alpha"]
        options.__kwdefaults__["beta"] = 20

# What refers to nothing that is collected is collected all the same.
class Ring:
    pass


def ring(extra):
    ring = Ring()
    ring.self = ring
    ring.extra = extra

    def function(self=ring, *, keyword=extra):
        return function

    function.ring = ring
    ring.function = function
    return None


gc.collect()
ring((1, 2, "x"))
ring({"a": 1})
ring(((), ((),), {}))
print(gc.collect() > 0, gc.collect(), sum(isinstance(o, Ring) for o in gc.get_objects()))
kept = (Ring(), (1, 2))
kept[0].tuple = kept
del kept
print(gc.collect() > 0, sum(isinstance(o, Ring) for o in gc.get_objects()))
