# What instructions answer without asking slots: membership, truth, slices, keys, concatenation, names that come and go.
import sys


class Equal:
    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        print("eq", self.name, type(other).__name__)
        return True

    def __hash__(self):
        return hash(1)


class Text(str):
    def __eq__(self, other):
        print("text eq")
        return False

    __hash__ = str.__hash__


class Odd(list):
    def __contains__(self, item):
        return item == "odd"


nan = float("nan")
big = 1 << 70


def membership():
    containers = [
        {1, "a", (1, 2), None, nan, big}, frozenset([1, 2.0, "b", ("x", 3)]), {1: 0, "a": 0, (1, 2): 0, big: 1}, {"a": 1, "b": 2},
        [1, "a", (1, 2), None, nan, [1], big, 2.5], (1, "a", (1, 2), None, nan, True), [], (), set(), {}, "abca", b"abc", range(3), Odd(),
    ]
    items = [0, 1, 1.0, True, 2, "a", "odd", Text("a"), (1, 2), (1, 2.0), (True, 2), ("x", 3), (1, (2, 3)), None, nan, float("nan"), big, 1 << 70, 2.5, ...]
    for container in containers:
        row = []
        for item in items:
            try:
                row.append(item in container)
                if (item in container) is (item not in container):
                    print("no inverse")
                row.append("in" if item in container else "out")
            except (TypeError, ValueError) as error:
                row.append(str(error)[:20])
        print(type(container).__name__, row)


membership()


def custom():
    print(Equal("a") in [3], 3 in [Equal("b")], Equal("c") in {1}, 1 in {Equal("d")}, 1 in {Equal("e"): 1}, (1, Equal("f")) in {(1, 1)})
    for unhashable in ([], {}, set()):
        for container in ({1}, {1: 1}, frozenset()):
            try:
                print(unhashable in container)
            except TypeError as error:
                print(error)


custom()


class Sized:
    def __init__(self, size):
        self.size = size

    def __len__(self):
        return self.size


class Truthy:
    def __bool__(self):
        raise ValueError("no truth")


def truth(value):
    words = []
    if value:
        words.append("if")
    words.append("and" if value and 1 else "no")
    words.append("not" if not value else "is")
    while value:
        words.append("while")
        break
    return words, bool(value), not value, (value or "other") is value


for value in (0, 1, 0.0, -0.0, 2.5, nan, "", "x", [], [0], (), (0,), {}, {0: 0}, set(), {0}, frozenset(), None, ..., big, b"", b"x", range(0), range(1),
              Sized(0), Sized(2), Odd(), object, len, 0j, 1j):
    print(truth(value))
try:
    truth(Truthy())
except ValueError as error:
    print(error)


def slices(sequence):
    n = len(sequence)
    print(sequence[:], sequence[1:], sequence[:-1], sequence[2:1], sequence[-3:2], sequence[100:], sequence[-100:100], sequence[None:2], sequence[:big], sequence[True:n])
    print(sequence[::-1], sequence[n::-1], sequence[::2])
    try:
        sequence["a":2]
    except TypeError as error:
        print(error)


slices([1, 2, 3, 4])
slices((1, 2, 3, 4))
slices("abcd")
slices("a\u1234\U00012345d")
slices(b"abcd")
slices([])
whole = (1, 2)
print(whole[:] is whole, whole[0:2] is whole, "ab"[:] == "ab")
work = list(range(6))
work[1:3] = ["x", "y"]
work[:2] = work[1::-1]
work[4:] = (1, 2, 3)
work[0:0] = "ab"
work[1:1] = work
print(work)
work[2:4] = []
work[-1:] = {"k": 1}
print(work, len(work))
try:
    work[1:2] = 5
except TypeError as error:
    print(error)


class Noisy:
    def __del__(self):
        seen.append(len(noisy))


seen = []
noisy = [Noisy(), Noisy(), 3]
noisy[0:2] = [1, 2]
print(seen, noisy)


def keys():
    table = {}
    for key in (1, "1", (1, "1"), (1.0, "1"), True, 1.0, (1, (2, 3)), None, (), ("a",) * 3, Text("1"), 2 ** 61 - 1, 0, -1, -2):
        table[key] = table.get(key, 0) + 1 if key in table else 1
        print(key, table[key], len(table))
    for key in list(table):
        table[key] += 1
    print(table)
    try:
        table[(1, [])]
    except TypeError as error:
        print(error)
    try:
        table[(1, "missing")]
    except KeyError as error:
        print(error)
    names = {"a": 1}
    names[1] = 2
    names["a"] += 1
    print(names, {x % 3: x for x in range(7)}, {x % 3 for x in range(7)}, {(x, str(x)): x for x in range(3)})


keys()


def texts():
    s = "a"
    t = s
    for i in range(5):
        s += "b" * i
        s += s
    print(s, t, len(s))
    u = s + ""
    print(u is s, "" + s is s)
    w = ""
    for c in "x\xe9\u1234\U00012345":
        w += c
        print(ascii(w), hash(w) == hash(str(w)), w == "x\xe9\u1234\U00012345"[:len(w)])
    d = {}
    key = "k"
    key += "ey"
    d[key] = 1
    key += "s"
    print(d, key, Text("p") + "q", "p" + Text("q"))
    try:
        s + 1
    except TypeError as error:
        print(error)
    a = b = "shared"
    a += "!"
    print(a, b)
    return s


texts()

for turn in range(200):
    try:
        raise KeyError(turn)
    except KeyError as problem:
        kept = problem.args[0]
    late = kept + len(str(turn))
    if turn == 150:
        len = lambda text: 100
    if turn == 160:
        del len
print(kept, late)
try:
    problem
except NameError as error:
    print(error)


def values(n):
    for i in range(n):
        try:
            yield i
        finally:
            pass
    return "end"


print(sum(values(5)), list(values(3)), tuple(values(2)), max(values(4)), dict(zip(values(2), "ab")), "".join(map(str, values(3))))


def fails(n):
    if n:
        fails(n - 1)
    raise ValueError(n)


try:
    fails(3)
except ValueError as error:
    entry = error.__traceback__
    while entry:
        print(entry.tb_lineno, entry.tb_lasti, entry.tb_frame.f_lasti, entry.tb_frame.f_lineno, entry.tb_frame.f_code.co_name)
        entry = entry.tb_next
print(str(5), str("x"), str(None), int(7), int("8"), int(True), list("ab"), tuple([1]), list(), str(), KeyError(1, 2).args, ValueError().args, repr(IndexError("i")))
for call in (lambda: ValueError(x=1), lambda: str(1, 2, 3, 4), lambda: list(1), lambda: tuple(2), lambda: int([])):
    try:
        print(call())
    except TypeError as error:
        print(error)
print(f"{5:>4}|{2.5:.3f}|{'a':^5}|{True:d}|{big:,}|{3:x}|{'b':>{4}}|{-1:05}|{1e100:e}|{nan:5}")
for value, specification in ((1, "s"), (1.5, "d"), ("a", "d"), ("a", "=5")):
    try:
        print(format(value, specification))
    except ValueError as error:
        print(error)


def pieces(a, b, c):
    return f"{a}{b}", f"<{a}|{c!r}>", f"{a:>3}{b}", f"{b}", f"{a}{''}{b}"


for pair in ((1, "x"), (-5, "\xe9"), (big, "\u1234"), (True, ""), ("", ""), ("", "y"), (Text("t"), None), (2.5, [1])):
    print(ascii(pieces(*pair, "z")))


def steps(sequence):
    for cut in (slice(None), slice(1, 3), slice(None, None, -1), slice(5, 0, -2), slice(big), slice(-2, None), slice(None, None, 0), slice("a"), slice(0, 2, big)):
        try:
            print(sequence[cut], end=" ")
        except (TypeError, ValueError) as error:
            print(error, end=" ")
    print(sequence[3::-1], sequence[::2], sequence[big:0:-1])


class Own:
    def __getitem__(self, key):
        return key


for sequence in ([1, 2, 3, 4, 5], (1, 2, 3, 4, 5), "abcde", b"abcde", range(5), Own(), [], Odd([1, 2])):
    steps(sequence)
print([list(), dict(), set(), tuple()], set("aa"), dict({1: 2}), list({3: 4}), set(set()), dict([(1, 2)]), dict(a=1))
first = {1: 2}
second = dict(first)
second[3] = 4
print(first, second)
for name in range(3):
    globals()[f"name{name}"] = name
    print(len([name]), name1 if name > 0 else None)
    globals().pop("gone", None)
    gone = name
    del gone
