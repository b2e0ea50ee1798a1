"""Threads that calculate with long ints, texts and tuples, put displays together, make functions, cells, generators and instances, all at once, while one changes what they are made of.

Each must get what one thread alone gets: values, exceptions and their texts. Of what changes meanwhile, something that was true at some moment.
"""
import random
import sys
import threading
import time

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 5
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
END = time.monotonic() + SECONDS
THREADS = 3
SHARED = list(range(30))


class Plain:
    pass


class Point:
    def __init__(self, x, y=2, *, scale=1):
        self.place = (x * scale, y * scale)


class Pair:
    def __init__(self, first, second=7):
        self.first = first
        self.second = second


class Numbers:
    def __init__(self, count):
        self.count = count

    def __iter__(self):
        for number in range(self.count):
            yield number * 2**70


def outcome(function, *arguments):
    try:
        return repr(function(*arguments))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def long_numbers(n):
    big = n + 2**70
    values = [big + 1, big - n, big * big, big // 7, big % 1000, -big, ~big, big >> 3, big << n % 5, big & 0xFFFF, big | 1, big ^ n, 7 - big, 3 * big, big**2]
    x = n
    for _ in range(5):
        x = x * 6364136223846793005 + 1442695040888963407 & 0xFFFFFFFFFFFFFFFF
    return values, x, big > n, big == n + 2**70, big < 5, 5 < big, not big, big != 2**70 + n, 1 if big >= 2**70 else 0


def divided(n):
    return (n + 2**70) % (n - n)


def texts(n):
    text = "text %d" % n
    return (
        text * 3, "%s=%r, %05.1f" % (text, n, n / 3), b"%d" % n, text < "text 5", text[1:3], f"{n:>8}|{n / 7:.3f}|{text!r:^20}|{n!s}", ("a", n) + ("b",), ("x", n) * 2, ("a", n) < ("a", 7),
        ("a", n) == ("a", n), "t" in text, n in (1, 2, n), text == "text 3",
    )


def mismatched(n):
    return "text" + n


def displays(n):
    items = [1, 2, 3]
    items += (n, n + 1)
    more = [*items, *SHARED[3:6], *items[0:2]]
    found = {1, 2, 3, *items}
    table = {**{"a": n}, "b": 2, **{"c": (n,)}}
    del table["a"], more[0], more[1:3]
    grid = {(x, y): x * y + n for x in range(3) for y in range(3)}
    grid[n, n] = None
    cells = {(n, x) for x in range(3)} | {(n, 1)}
    united = {1, n} | {2, n}, {1, n} & {n}, {1, n} - {1}, {1, n} ^ {2}, {"a": n} | {"b": [n]}, {(1, n)} | {(2, n)}
    return united, items + [n] * 3, more, sorted(found), table, grid, (1, 2) in grid, (n, n) in grid, sorted(cells), [0] * 3 + [n], [[n]] * 2


def missing(n):
    table = {1: 2}
    del table[n + 1000]


def functions(n):
    kept = n

    def add(more, step=n, other=(1, 2)):
        nonlocal kept
        kept += more + step
        return kept

    makers = [lambda x, y=number: (x, y, n) for number in range(3)]
    return add(1), add(2, 3), add.__defaults__, [make(7) for make in makers], add.__name__, makers[0].__qualname__, add.__module__, any(x == n for x in range(n + 1)), all(x < n for x in range(n))


def generators(n):
    unused = (x * n for x in range(10))
    begun = (x * n for x in range(10))
    first = next(begun)
    return first, sum(x * n for x in range(5)), list(Numbers(3)), [x for x in Numbers(2)], type(unused).__name__


async def doubled(n):
    return 2 * n


def coroutines(n):
    try:
        doubled(n).send(None)
    except StopIteration as end:
        return end.value


def instances(n):
    plain = Plain()
    plain.value = n
    pair, other = Pair(n), Pair(n, 3)
    return plain.value, pair.first, pair.second, other.second, Point(n).place, Point(n, 3).place, Point(n, scale=2).place, type(Plain()).__name__


def too_few(n):
    return Pair()


def too_many(n):
    return Plain(n)


KINDS = [long_numbers, divided, texts, mismatched, displays, missing, functions, generators, coroutines, instances, too_few, too_many]
EXPECTED = {(kind, n): outcome(kind, n) for kind in KINDS for n in range(20)}
failed = []


class Changing:
    def __init__(self, value=1):
        self.value = value

    def __iter__(self):
        return iter((1, 1))


def one(a, b=1):
    return "one", a, b


def many(a, b=2, c=3, *rest, d=4):
    return "many", a, b, c, rest, d


def varying(a, b=1):
    return "varying", a, b


CODES = [varying.__code__, one.__code__, many.__code__]
DEFAULTS = [(1,), (2, 3), None, (), (4, 5, 6)]


def vary():
    """What a call of the function that changes under way may give: what one of its codes and defaults make of the arguments, or that they do not fit."""
    for arguments, keywords in [((0,), {}), ((0, 7), {}), ((0,), {"b": 8}), ((0, 1, 2, 3, 4), {}), ((), {}), ((0,), {"d": 9})]:
        try:
            name, a, *_ = varying(*arguments, **keywords)
        except TypeError:
            continue
        assert name in ("varying", "one", "many") and (a == 0 or not arguments), (name, a)
    try:
        assert varying(0)[1] == 0 and varying(0, 7)[2] == 7
    except TypeError:
        pass


def change():
    """The constructor, its defaults, how instances are iterated over, and a function's code and defaults."""

    def other(self, value=2):
        self.value = value

    def iterate(self):
        yield 2
        yield 2

    constructors = [Changing.__init__, other]
    iterators = [Changing.__iter__, iterate]
    number = 0
    while time.monotonic() < END and not failed:
        number += 1
        Changing.__init__ = constructors[number & 1]
        Changing.__iter__ = iterators[number >> 1 & 1]
        other.__defaults__ = (2 + number % 3,)
        varying.__defaults__ = DEFAULTS[number % len(DEFAULTS)]
        varying.__kwdefaults__ = {"d": number} if number & 1 else None
        varying.__code__ = CODES[number // 7 % len(CODES)]
        globals()[f"extra{number % 50}"] = number


def run(seed):
    source = random.Random(seed)
    try:
        while time.monotonic() < END and not failed:
            for _ in range(50):
                kind, n = source.choice(KINDS), source.randrange(20)
                found = outcome(kind, n)
                assert found == EXPECTED[kind, n], (kind.__name__, n, found, EXPECTED[kind, n])
            for _ in range(50):
                made = Changing()
                assert made.value in (1, 2, 3, 4), made.value
                assert list(made) in ([1, 1], [2, 2])
                assert Changing(9).value == 9
                vary()
    except BaseException as error:
        failed.append(error)
        raise


threads = [threading.Thread(target=run, args=(SEED * 100 + number,)) for number in range(THREADS)]
for thread in threads:
    thread.start()
change()
for thread in threads:
    thread.join()
print("operations:", "failed" if failed else "done")
sys.exit(bool(failed))
