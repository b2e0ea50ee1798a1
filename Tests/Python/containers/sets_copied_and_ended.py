# Sets of numbers, of objects and of both: copies hold what they hold, and what ends gives it up.
import sys
import weakref


class Key:
    def __init__(self, number):
        self.number = number

    def __hash__(self):
        return self.number

    def __eq__(self, other):
        return isinstance(other, Key) and self.number == other.number

    def __repr__(self):
        return f"Key({self.number})"


def references(key, make):
    before = sys.getrefcount(key)
    made = make()
    during = sys.getrefcount(key)
    del made
    return during - before, sys.getrefcount(key) - before


key = Key(1)
numbers = {1, 2, 3}
mixed = {1, 2, key}
only = {key}
frozen = frozenset(mixed)
for name, make in {
    "set": lambda: set(mixed),
    "copy": lambda: mixed.copy(),
    "of a frozenset": lambda: set(frozen),
    "frozenset of one": lambda: frozenset(frozen),
    "frozenset": lambda: frozenset(mixed),
    "union": lambda: numbers | mixed,
    "union the other way": lambda: mixed | numbers,
    "update": lambda: (lambda s: (s.update(mixed), s))(set()),
    "in place": lambda: (lambda s: s.__ior__(only))({5}),
    "and in place": lambda: (lambda s: s.__iand__(only))({5, key}),
    "minus in place": lambda: (lambda s: s.__isub__(only))({5, key}),
    "xor in place": lambda: (lambda s: s.__ixor__(only))({5}),
    "intersection": lambda: mixed & only,
    "difference": lambda: mixed - numbers,
    "symmetric": lambda: mixed ^ numbers,
    "display": lambda: {key, 1},
    "of a list": lambda: set([key, 1]),
    "of a dict": lambda: set({key: 1}),
    "of a generator": lambda: set(k for k in (key, 2)),
    "added": lambda: (lambda s: (s.add(key), s))(set(numbers)),
    "added and discarded": lambda: (lambda s: (s.add(key), s.discard(key), s))(set(numbers)),
    "into a deleted place": lambda: (lambda s: (s.discard(1), s.add(key), s))(set(numbers)),
    "cleared": lambda: (lambda s: (s.clear(), s))(set(mixed)),
    "cleared and added": lambda: (lambda s: (s.clear(), s.add(key), s))(set(mixed)),
    "popped": lambda: (lambda s: (s.pop(), s))(set(only)),
    "grown": lambda: (lambda s: (s.update(range(100)), s))(set(only)),
    "grown, then copied": lambda: set((lambda s: (s.update(range(100)), s))(set(only))[1]),
    "large": lambda: set(range(1000)) | only,
    "copy of a copy": lambda: set(set(set(mixed))),
}.items():
    print(name, references(key, make))

made = set(numbers)
made.add("text " + str(len(made)))
print(sorted(map(str, made)), sorted(map(str, set(made))))

# What only a set holds ends with it.
for make in (lambda key: {key}, lambda key: {1, key}, lambda key: set({2, key}), lambda key: frozenset([key, 3]), lambda key: {1} | {key}):
    inner = Key(9)
    holder = make(inner)
    watcher = weakref.ref(inner)
    del inner
    alive = watcher() is not None
    copy = set(holder)
    del holder
    still = watcher() is not None
    del copy
    print(alive, still, watcher() is None)


class Children(set):
    pass


children = Children([key, 1])
print(references(key, lambda: set(children)), references(key, lambda: children.copy()), type(children.copy()).__name__, type(set(children)).__name__)
print(set(frozenset()), set(set()), set({0}), set({True, 2.0, None, "a"}) == {True, 2.0, None, "a"})
try:
    set({1}, {2})
except TypeError as error:
    print(error)
try:
    set({1}, key=1)
except TypeError as error:
    print(error)

# Taken apart.
value, = {7}
first, second = frozenset((1, 2))
print(value, first, second)


def apart(container):
    one, two = container
    return one, two


for _ in range(20):
    answers = apart({1, 2}), apart(frozenset("a" * 1 + "b"))[0] in "ab", apart([1, 2]), apart((3, 4))
print(answers)
for wrong in ({1}, {1, 2, 3}, frozenset(), set(), 5):
    try:
        apart(wrong)
    except (ValueError, TypeError) as error:
        print(error)
one, = {key}
print(one is key, sys.getrefcount(key) - sys.getrefcount(one))


# all and any over lists and tuples.
class Truth:
    def __init__(self, answer, effect=None):
        self.answer = answer
        self.effect = effect

    def __bool__(self):
        if self.effect:
            self.effect()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


print(all([]), any([]), all(()), any(()), all([1, {1}, "a", [0]]), all([1, set(), 2]), any([0, "", None, (), {}, 0.0]), any((0, [0])))
print(all([Truth(True), Truth(False)]), any([Truth(False), Truth(True)]), all((Truth(True),)))
items = [1, 2]
items.insert(0, Truth(True, lambda: items.append(0) if len(items) < 5 else None))
print(all(items), len(items))
items = []
items.extend([Truth(True, items.clear), 0, 0])
print(all(items), items)
for function in (all, any):
    try:
        function([Truth(ValueError("of the truth"))])
    except ValueError as error:
        print(error)
    try:
        function([Truth(2)])
    except TypeError as error:
        print(error)
