# Dicts of derived classes, and keys that are tuples within tuples or of derived classes.
import collections
import enum


class Counting(dict):
    def __missing__(self, key):
        return "missing", key


class Own(dict):
    def __getitem__(self, key):
        return "own", dict.get(self, key)

    def __setitem__(self, key, value):
        print("set", key, value)
        dict.__setitem__(self, key, value)

    def __contains__(self, key):
        return key == "always"


def subscript(container, keys):
    found = []
    for key in keys:
        try:
            found.append(container[key])
        except Exception as error:
            found.append((type(error).__name__, str(error)))
    return found


def store(container, pairs):
    for key, value in pairs:
        container[key] = value
    return len(container)


def member(container, keys):
    return [key in container for key in keys]


Point = collections.namedtuple("Point", "x y")


class Odd(tuple):
    def __eq__(self, other):
        print("asked", tuple(self), other)
        return True

    def __hash__(self):
        return hash(tuple(self))


class Plain:
    def __repr__(self):
        return "Plain"


class Kind(enum.Enum):
    A = 1
    B = 2


plain = Plain()
keys = [1, 1.0, True, None, 2.5, "text", (1, 2), (1.0, 2), (1, (2, (3, "x"))), Point(1, 2), Point((1, 2), Point(3, 4)), ((1, 2), (3, 4)), plain, Kind.A, int, frozenset({1, 2}), (), ((),), -0.0, 0, 10**20,
        (10**20, 1), ("text", None), (plain, plain)]
pairs = [(key, index) for index, key in enumerate(keys)]
for kind in (dict, lambda: collections.defaultdict(list), collections.OrderedDict, collections.Counter, Counting, Own):
    container = kind()
    print(store(container, pairs), store(container, pairs))
    print(subscript(container, keys), subscript(container, keys))
    print(subscript(container, ["absent", (9, 9), Point(9, 9), [], {}, ([],), Point([], 1)]))
    print(member(container, keys), member(container, ["absent", "always", (8, 8)]))

# The class gets methods of its own later.
late = Counting({(1, 2): "there"})
print(subscript(late, [(1, 2), 3]))
Counting.__getitem__ = lambda self, key: "changed"
print(subscript(late, [(1, 2), 3]))
del Counting.__getitem__
print(subscript(late, [(1, 2), 3]))
Counting.__setitem__ = lambda self, key, value: print("stored", key, value)
print(store(late, [(5, 5)]))

# Equality of tuples: by items, unless a class has its own.
print((1, 2) == Point(1, 2), Point(1, 2) == (1, 2), Point(1, 2) != Point(1, 3), (1, (2, 3)) == (1, Point(2, 3)), ((1,), 2) == ((1,), 2.0), (1, 2) == (1, 2, 3), () == ())
print(Odd((1, 2)) == (1, 2), (1, 2) == Odd((1, 2)), ((1, 2), 3) == (Odd((1, 2)), 3), {Odd((7,)): "odd"}.get((7,)))
nan = float("nan")
print((nan,) == (nan,), (nan,) == (float("nan"),), (0.0,) == (-0.0,), (1, "a", None) == (1, "a", None), (True, 1.0) == (1, 1))
print(sorted([(2.5, (1, "b")), (2.5, (1, "a")), (-1.0, ()), (2.5, (0,))]), (1, 2) < (1, 2, 0), [1, (2, 3)] <= [1, (2, 2)])
deep = shallow = ()
for _ in range(30):
    deep, shallow = (deep, 1), (shallow, 1)
print(deep == shallow, hash(deep) == hash(shallow), {deep: "deep"}[shallow], (deep, 2) == (shallow, 3))


class Raising:
    def __eq__(self, other):
        raise LookupError("no comparison")

    def __hash__(self):
        return 5


for left, right in (((Raising(),), (Raising(),)), ((1, Raising()), (2, Raising())), ((Raising(), 1), (Raising(),))):
    try:
        print(left == right)
    except LookupError as error:
        print(error)

# Subsets and differences of sets of numbers.
small, large = frozenset({1, 5, 130}), set(range(64))
print(small <= large, {1, 5} <= large, {64} <= large, {128} <= {0}, small - large, large - small == large - {1, 5}, large >= {63}, small < {1, 5, 130, 2})
large.discard(5)
large.discard(5)
print({5} <= large, {1, 2} <= large, {5, 69} <= large | {69})
for number in range(0, 640, 64):
    large.add(number)
for number in range(0, 640, 64):
    large.discard(number)
print({0} <= large, {64} <= large, set() <= large)
