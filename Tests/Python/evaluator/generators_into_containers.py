"""Generators that native functions run to their end: values of many kinds, errors and stops half-way, generators that look at themselves."""
import sys


def attempt(function, *arguments):
    try:
        print(function.__name__, function(*arguments))
    except BaseException as e:
        print(function.__name__, type(e).__name__, e)


class Number:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return Number(self.n + getattr(other, "n", other))

    __radd__ = __add__

    def __repr__(self):
        return f"Number({self.n})"

    def __bool__(self):
        if self.n == 13:
            raise ValueError("unlucky")
        return bool(self.n)

    def __hash__(self):
        return 7

    def __eq__(self, other):
        if self.n == 12:
            raise KeyError("no comparison")
        return isinstance(other, Number) and self.n == other.n


def values(*items, fails=None, returned=None):
    for item in items:
        yield item
    if fails is not None:
        raise fails
    return returned


rows = [
    (), (1, 2, 3), (1, 2.5, 3), (2.5, 1, 1e100, 1, -1e100), (True, 2, False), (1 << 62, 1 << 62, 5), (1 << 70, 1), ("a", "b", "a"), (1, 1.0, True, "a", 7), (0, 0.0, "", None, []),
    (Number(1), 2, Number(3)), (1, 2, Number(3), 4.5), (7, Number(7), 7, Number(7)), (7, Number(12)), (0, Number(0), Number(13), 1), (1, [], 2), (1j, 2, 3.5), (0.1,) * 10, ((1,), (2,)),
    (float("inf"), 1.0), (float("nan"),), (b"x",), (None, 1), (3, 2, 1)]
for row in rows:
    for function in (list, tuple, set, frozenset, sum, any, all, sorted, max, dict):
        attempt(function, values(*row))
        attempt(function, values(*row, returned=5))
        attempt(function, values(*row, fails=ZeroDivisionError(3)))
        attempt(function, values(*row, fails=StopIteration(3)))
        attempt(function, (x for x in row))
    attempt(sum, values(*row), 10)
    attempt(sum, values(*row), 0.5)

# What a stop half-way leaves.
generator = values(0, 0, 3, 4, 0)
print(any(generator), list(generator))
generator = values(1, 2, 0, 4)
print(all(generator), next(generator), tuple(generator), list(generator))

# A list that its own generator looks at.
numbers = [1]
numbers.extend(len(numbers) for _ in range(5))
print(numbers)
numbers = [1, 2]
numbers.extend(numbers.pop() if n % 2 else 9 for n in range(6))
print(numbers)
found = set()
found.update((len(found), "x", found.add(100))[k % 2] for k in range(9))
print(sorted(map(str, found)))


def recursive(depth):
    if depth:
        yield from recursive(depth - 1)
        yield sum(recursive(depth - 1))
    yield depth


print(list(recursive(5)))


def itself():
    yield 1
    try:
        list(generator)
    except ValueError as e:
        yield str(e)
    yield generator.gi_running, generator.gi_frame.f_lineno
    yield sys._getframe().f_code.co_name
    yield 4


generator = itself()
print(tuple(generator), generator.gi_frame)


def handles():
    try:
        yield 1
        raise KeyError("inner")
    except KeyError:
        yield repr(sys.exception())
        yield 2
    finally:
        yield "last"


try:
    raise ValueError("outer")
except ValueError:
    print(list(handles()), repr(sys.exception()))


def closes():
    try:
        for n in range(10):
            yield n
    finally:
        print("closed")


print(any(closes()), all(closes()))
events = []


def traced():
    for n in range(3):
        yield n
        if n == 1:
            sys.settrace(lambda frame, event, argument: events.append((event, frame.f_code.co_name)) or (lambda *a: events.append((a[1], a[2]))))
            sys._getframe().f_trace = lambda *a: events.append((a[1], a[2]))


print(sum(traced()))
sys.settrace(None)
print(events[-4:])


def deep():
    return sum(x for x in (list(y for y in range(3)) for z in range(2)) for x in x)


print(deep(), "".join(str(n) for n in range(12)), sorted((n * 7 % 5 for n in range(9)), reverse=True), [*(n for n in range(3))], max(n for n in (3, 9, 2)))


def endless():
    n = 0
    while True:
        n += 1
        yield n


print(any(n > 1000 for n in endless()), next(n for n in endless() if n % 7 == 0))


# The least and the greatest, of numbers and of others in between.
def each(values):
    for value in values:
        yield value


class Number(int):
    def __lt__(self, other):
        print("asked whether less", int(self), other)
        return int(self) < other

    def __gt__(self, other):
        print("asked whether greater", int(self), other)
        return int(self) > other


nan = float("nan")
for values in ([3, 1, 2], [1.5, 0.5, 2.5], [1, 1.0, True], [2, 0.5, 1, 10**30, -(10**30), 3], [Number(2), 3, 1, Number(0), 5], ["b", "a", "c"], [nan, 1.0], [1.0, nan, 0.5], [0.0, -0.0],
               [-0.0, 0.0], [1], [(1, 2), (1, 1)], [1e308, 1e-320, 5e-324], [True, False, 2]):
    print(min(each(values)), max(each(values)), min(value for value in values), max(value for value in values), min(values), max(values))
for values in ([], [1, "a"], ["a", 1], [1.5, None], [2, 1, {}]):
    for function in (min, max):
        try:
            print(function(each(values)))
        except (ValueError, TypeError) as error:
            print(type(error).__name__, error)
print(min(each([]), default="none"), max(each([3, 4]), default=5), min(each([3, -4]), key=abs))


def stopping(after):
    for number in range(after):
        yield number
    raise KeyError(number)


try:
    max(stopping(5))
except KeyError as error:
    print("raised", error)
