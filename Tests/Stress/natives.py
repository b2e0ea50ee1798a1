"""Native functions that run beside other threads: four threads call each of them with operands of their own and with such as all of them know, and compare with what one thread computes.

In between, others change containers that all know while native functions work on them: that must end in order, whatever it gives.
"""
import _bisect
import _heapq
import _json
import _operator
import _struct
import binascii
import cmath
import collections
import datetime
import functools
import itertools
import json
import math
import random
import re
import sys
import threading
import time
import zlib

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 5
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
END = time.monotonic() + SECONDS
THREADS = 4
failed = []

TEXT, WIDE, BYTES, TUPLE = "Abc déf\t12", "Ж日本\U0001f40d x", b"a b\tc\xff", (1, "a", 2.5, (b"x", None))
LIST, DICT, SET = [3, 1, 2], {"a": 1, "b": [2]}, {1, 2, 3}
PATTERN = re.compile(r"(?P<word>\w+)\s*(\d*)")
BYTE_PATTERN = re.compile(rb"[ab]+")
MATCH = PATTERN.search("  one 22 two")
FIRST, PAIR, LAST = _operator.itemgetter(0), _operator.itemgetter(1, 0), _operator.itemgetter(-1)
SCAN = json.JSONDecoder().scan_once
HOOKED = json.JSONDecoder(object_hook=lambda d: tuple(d.items()), parse_float=str).scan_once
Point = collections.namedtuple("Point", "x y")


class Number(int):
    pass


class Word(str):
    pass


class Item:
    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return self.value < other.value

    def __eq__(self, other):
        return isinstance(other, Item) and self.value == other.value

    def __hash__(self):
        return self.value

    def __iter__(self):
        return iter([self.value] * 3)

    def __repr__(self):
        return f"Item({self.value})"

    def __format__(self, specification):
        return f"<{self.value}{specification}>"


def negative(value):
    return -value


def value_of(item):
    return item.value


def twice(value):
    return value * 2


EXPRESSIONS = """
TEXT.casefold(), TEXT.title(), TEXT.expandtabs(4), WIDE.swapcase(), WIDE.upper().lower(), TEXT.isascii(), WIDE.isidentifier(), TEXT.isprintable(), "x1".isidentifier()
TEXT.encode(), WIDE.encode("utf-16"), TEXT.encode("latin-1"), WIDE.encode("ascii", "replace"), WIDE.encode("ascii", "xmlcharrefreplace"), TEXT.encode("cp1252", "ignore")
BYTES.decode("latin-1"), b"abc".decode(), BYTES.decode("ascii", "backslashreplace"), b"\\xe9".decode("cp1252"), b"x".decode(errors="strict", encoding="ascii")
"{} {!r} {0:>5}".format(1, 2) if False else "{} {!r} {:>5} {:.2f} {:x} {:,}".format(TEXT, TUPLE, 3, 2.5, 255, 10 ** 9)
"{a} {b[0]} {c.real}".format(a=1, b=(2,), c=3), "{}{}".format(Item(1), [Item(2)])
TEXT.startswith(("x", "A")), TEXT.endswith("2"), TEXT.count("c"), str.maketrans("ab", "cd"), TEXT.split(None, 1), TEXT.split(sep="c", maxsplit=1), ",".join(["a", "b"]), ",".join(TUPLE[1:2])
BYTES.hex(), BYTES.hex("-", 2), bytes.fromhex("61 62"), BYTES.split(), BYTES.translate(None, b"a"), BYTES.title(), BYTES.center(20), BYTES.replace(b"a", b"bb"), b",".join([b"x", b"y"])
bytes.maketrans(b"a", b"b"), BYTES.find(b"b"), BYTES.startswith((b"x", b"a")), BYTES.isalnum(), BYTES.partition(b" "), BYTES.zfill(12), BYTES.expandtabs(3)
(255).to_bytes(2, "big"), int.from_bytes(b"\\x01\\x02", "little"), (10 ** 30).to_bytes(16, "little", signed=True), (-5).bit_length(), (7).bit_count(), (6).as_integer_ratio(), Number(9).to_bytes(1)
(2.5).hex(), float.fromhex("0x1.8p1"), (0.75).as_integer_ratio(), (3.0).is_integer(), (1 + 2j).conjugate(), (5).conjugate(), Number.from_bytes(b"\\x07")
TUPLE.index("a"), TUPLE.count(1), range(10).index(3), range(0, 10, 2).count(4), hash(TUPLE), hash((1, "a")), hash(range(4)), hash(1j), hash((TUPLE, TUPLE)), hash(10 ** 40)
bin(10 ** 20), hex(255), oct(8), round(2.567, 2), round(12345, -2), pow(3, 40, 7), pow(2, 100), format(3.14159, ".3f"), format(7, "05d"), ascii(WIDE), repr(TUPLE), divmod(7, 2), divmod(10 ** 30, 7)
sorted([3, 1, 2]), sorted(("b", "a")), sorted([3, 1, 2], key=negative), sorted(LIST, reverse=True), sorted([Item(2), Item(1)], key=value_of), sorted([Item(3), Item(1)]), sorted([(2, "b"), (1, "a")])
min([3, 1], key=negative), max(3, 1, key=negative), max([Item(1), Item(5)], key=value_of), min((2, 1)), max([2.5, 3]), min(["b", "a"]), sum([1, 2.5]), sum(TUPLE[0:1], 5), sum([[1], [2]], []), max([1], [2])
any([0, 1]), all((1, 0)), any(["", 0]), all([]), len(TUPLE), callable(len), callable(int), issubclass(Item, object), issubclass(bool, (str, int)), isinstance(1, int), abs(-2.5), chr(233), ord("a")
math.acosh(2), math.cbrt(8), math.erf(0.5), math.gamma(5.5), math.lgamma(5), math.comb(10, 3), math.perm(5, 2), math.factorial(30), math.lcm(4, 6), math.gcd(12, 18), math.dist((0, 0), (3, 4)), math.isqrt(10 ** 40)
math.fsum([0.1] * 10), math.prod([2, 3]), math.prod((1, 2), start=5), math.sumprod([1, 2], [3, 4]), math.isclose(1, 1.0000001, rel_tol=1e-3), math.frexp(3), math.modf(2.5), math.nextafter(1, 2), math.hypot(3, 4), math.fma(2, 3, 4)
cmath.sqrt(-1), cmath.exp(1j), cmath.polar(1 + 1j), cmath.rect(2, 1), cmath.phase(-1), cmath.isclose(1, 1 + 1e-12j), cmath.log(2j, 3), cmath.tanh(1j), cmath.isfinite(1)
_struct.pack("<IhQ", 1, -2, 3), _struct.unpack("<Ih", b"\\1\\0\\0\\0\\2\\0"), _struct.unpack_from(">H", b"\\0\\1\\2\\3", 1), _struct.calcsize("3sxi"), _struct.pack(">d5s", 2.5, b"abc"), _struct.pack("300s", b"x")
binascii.hexlify(b"abc", "-"), binascii.unhexlify("6162"), binascii.b2a_base64(b"abcdef"), binascii.a2b_base64("YWJj"), binascii.crc32(b"abc"), binascii.crc_hqx(b"abc", 0), binascii.b2a_qp(b"a=b"), binascii.a2b_uu(binascii.b2a_uu(b"xyz"))
binascii.b2a_base64(b"abc", newline=False), zlib.crc32(b"abc"), zlib.adler32(b"abc"), zlib.decompress(zlib.compress(b"abc" * 100, 6)), zlib.compress(b"x", level=1)
[m.group() for m in [PATTERN.match("ab 12"), PATTERN.fullmatch("x9"), PATTERN.search("  q")]], PATTERN.findall("a 1 b 2"), PATTERN.split("a 1;b 2"), BYTE_PATTERN.match(b"abx").span(), BYTE_PATTERN.findall(b"a xb")
MATCH.group(), MATCH.group(1, 2), MATCH.group("word"), MATCH.groups(), MATCH.groups([1]), MATCH.groupdict(), MATCH.start(), MATCH.end(2), MATCH.span("word"), PATTERN.match("") is None, PATTERN.match("aa", 1).span(), PATTERN.match("abc", pos=2).start()
BYTE_PATTERN.match(bytearray(b"ab")).group(), BYTE_PATTERN.findall(memoryview(b"ab b")), PATTERN.sub(r"<\\1>", "a b"), re.match("a+", "aaa").end()
FIRST((1, 2)), FIRST([Item(7), 2]), PAIR((1, 2)), PAIR("ab"), LAST({-1: 5}), LAST("xyz"), FIRST(TUPLE), FIRST(LIST), FIRST({0: [1]}), PAIR([1, [2]])
_operator.add(1, 2.5), _operator.mul("a", 3), _operator.lt(1, 2), _operator.eq("a", "a"), _operator.getitem("abc", 1), _operator.getitem((1, 2), 0), _operator.contains(TUPLE, 1), _operator.neg(10 ** 30), _operator.pow(2, 70), _operator.index(3), _operator.concat("a", "b")
_operator.iadd([1], [2]), _operator.add([1], [[2]]), _operator.setitem([1], 0, 2), _operator.ior({1: 2}, {3: [4]}), _operator.countOf("aab", "a"), _operator.truth([]), _operator.not_(0), _operator.mod("%s-%d", ("a", 3))
_json.scanstring('"a\\\\u00e9b"x', 1), _json.encode_basestring_ascii(WIDE), _json.encode_basestring('a"b'), SCAN('{"a": [1, 2.5, "x", null, {"b": true}], "c": -1e3}', 0), SCAN("[[1], [2, [3]]]", 0), HOOKED('{"a": {"b": 1.5}}', 0)
json.loads('[1, {"k": "v"}, NaN]')[:2], json.dumps([1, {"a": [2.5, None]}, "x"]), json.loads('{"x": 12345678901234567890}'), json.dumps({"b": 1, "a": [True]}, sort_keys=True, indent=1)
int("ff", 16), int("12", base=3), float("2.5"), str(2.5), str(TUPLE), str(b"a", "ascii"), str(b"\\xe9", encoding="cp1252"), bool(3), complex(1, 2), complex("1+2j"), bytes(3), bytes([1, 2]), bytes("é", "utf-8"), bytes((3, 4))
tuple([1, [2]]), tuple("ab"), tuple(range(3)), tuple([Item(1)]), list("ab"), list(range(4)), list({1: 2}), list({5}), list((1, 2)), set([1, 2]), set("aa"), frozenset([1, 2]), frozenset((3,)), set({1: [2]}), frozenset({4}), set({4})
dict({"a": [1]}), dict(a=1, b=[2]), dict({"a": 1}, b=2), dict(DICT), dict([("a", 1)]), dict(), list(DICT), set(SET), list({"a": 1}.items()), list({"a": [1]}.values())
list(map(twice, [1, 2])), list(map(str, (1, 2))), list(filter(None, [0, 1])), list(zip([1], "a")), list(zip([1], [2], strict=True)), list(enumerate(["a"])), list(enumerate("ab", 1)), list(enumerate("ab", start=2)), list(reversed([1, [2]])), list(reversed("ab")), slice(1, 2), slice(3)
list(itertools.chain([1], (2,), "a")), list(itertools.islice([1, 2, 3], 1, None)), list(itertools.islice(itertools.count(5, 2), 3)), list(itertools.islice(itertools.cycle([1, [2]]), 5)), list(itertools.repeat(7, 2)), list(itertools.starmap(pow, [(2, 3)]))
list(itertools.takewhile(negative, [1, 0])), list(itertools.dropwhile(negative, (1, 0, 2))), list(itertools.filterfalse(None, [0, 1])), list(itertools.accumulate([1, 2, 3])), list(itertools.compress("abc", [1, 0, 1])), list(itertools.pairwise([1, 2, 3])), list(itertools.batched("abc", 2)), list(itertools.zip_longest([1], "ab", fillvalue=0))
functools.partial(twice, 4)(), functools.partial(int, base=2)("11"), functools.partial(sorted, [2, 1])(), functools.partial(dict, a=[1])(b=2), functools.partial(functools.partial(pow, 2), 3)()
datetime.timedelta(1, 2), datetime.timedelta(hours=3), datetime.date(2020, 2, 29), datetime.time(1, 2, 3), datetime.timedelta(1) + datetime.timedelta(2), datetime.timedelta(0.5), datetime.time(1, tzinfo=datetime.timezone.utc)
Point(1, [2]).x, Point(1, 2)._replace(y=3), Word("ab").upper(), Number(3) + 1, str(Word("x")), {Point(1, 2): 3}[1, 2]
collections.deque([1, 2], 5), collections.deque("abc", maxlen=2), collections.deque(), collections.deque([[1]]), collections.deque((1, 2)), collections.deque(Item(3)), collections.deque({1: 2})
_bisect.bisect([1, 3], 2) if hasattr(_bisect, "bisect") else _bisect.bisect_right([1, 3], 2), _bisect.bisect_left((1, 2, 2), 2), _bisect.bisect_left([Item(1), Item(3)], Item(2)), _bisect.bisect_left([1, 2, 3], -2, key=negative), _bisect.bisect_right("abc", "b")
""".strip().splitlines()

BLOCKS = """
heap = []; [_heapq.heappush(heap, n * 7 % 5) for n in range(8)]; _heapq.heapify(heap); r = [_heapq.heappop(heap) for n in range(8)]
heap = [(n % 3, str(n)) for n in range(6)]; _heapq.heapify(heap); _heapq.heappush(heap, (0, "x")); r = _heapq.heapreplace(heap, (9, "y")), _heapq.heappushpop(heap, (0, "z")), sorted(heap)
heap = [Item(3), Item(1)]; _heapq.heapify(heap); _heapq.heappush(heap, Item(2)); r = [_heapq.heappop(heap).value for n in range(3)]
heap = [1, 2, 3]; _heapq.heapify_max(heap); _heapq.heappush_max(heap, 9); r = _heapq.heappop_max(heap), _heapq.heapreplace_max(heap, 0), _heapq.heappushpop_max(heap, 5)
row = [1, 3]; _bisect.insort_left(row, 2); _bisect.insort_right(row, 2); r = row
row = [[3], [1]]; row.sort(); row.extend([[9]]); row.extend((4, 5)); row.extend(range(2)); row.extend({7: 8}); row.extend("ab"); row.extend(Item(2)); r = row
row = [Item(3), Item(1), Item(2)]; row.sort(key=value_of); row.sort(key=value_of, reverse=True); r = [item.value for item in row]
row = [3, 1, 2]; sort, add = row.sort, row.append; sort(); add(9); sort(reverse=True); find = row.index; r = row, find(9)
q = collections.deque(); q.append([1]); q.appendleft(2); q.extend([3, 4]); q.extendleft("ab"); q.rotate(2); q.reverse(); r = q.copy(), q.pop(), q.popleft(), list(q), len(q), bool(q); q.clear()
q = collections.deque(maxlen=3); [q.append(Item(n)) for n in range(5)]; r = [item.value for item in q], q.maxlen, q[0].value
b = bytearray(b"ab"); b.append(99); b.extend(b"de"); b.extend([102]); b.insert(0, 65); b.reverse(); r = bytes(b), b.pop(), b.find(b"d"), b.hex(), b.decode(), b.replace(b"d", b"xx"), b.copy(), b.split(b"d"), BYTE_PATTERN.search(b).span()
b = bytearray(8); view = memoryview(b); view[0] = 1; _struct.pack_into("<H", b, 2, 513); r = bytes(view), zlib.crc32(b), binascii.hexlify(b), int.from_bytes(b, "big"), b",".join([b, b])
d = {"a": [1]}; e = d.copy(); d["b"] = 2; r = d.popitem(), e, d.pop("a"), dict(d), d.get((1, 2)); s = {1, 2}; t = s.copy(); s.add((3, "x")); s.discard(1); r = r, sorted(t), len(s), s.pop() in (2, (3, "x"))
m = PATTERN.match("ab 1"); n = MATCH.groups([1, Item(2)]); found = PATTERN.findall("a b c"); found.append([m.group(1)]); r = found, len(n)
text = ["b", "a"]; r = sorted(text), "-".join(text), min(text), max(text, key=len), text
""".strip().splitlines()

FAILING = """
"abc".encode("no such"), "é".encode("ascii"), b"\\xff".decode(), "x".index("y"), bytes.fromhex("x"), int("x"), int("1" * 5000), _struct.pack("<B", 300), _struct.pack("?!"), _struct.unpack("I", b"x")
binascii.unhexlify("abc"), binascii.a2b_base64("a"), zlib.decompress(b"x"), zlib.compress(b"x", 77), math.sqrt(-1), math.factorial(-1), cmath.log(0), (1,).index(2), range(3).index(5), hash(([],)), hash([])
sorted([1, "a"]), max([]), min(1, "a"), sum(["a"]), _heapq.heappop([]), _json.scanstring('"abc', 1), SCAN('{"a" 1}', 0), FIRST(()), FIRST({}), LAST(5), PATTERN.match(b"x"), MATCH.group(9), MATCH.group("no"), PATTERN.match(5)
complex("x"), bytes([300]), tuple(5), set([[]]), dict(5), dict([1]), list(5), map(twice, 5), zip(5), filter(None, 5), enumerate(5), reversed(5), itertools.chain.from_iterable(5), itertools.islice([1], -1), functools.partial(5), datetime.date(2020, 13, 1)
collections.deque(5), collections.deque().pop(), collections.deque([1], -1), "{} {}".format(1), "{x}".format(y=1), "{!z}".format(1), format(1, "q"), chr(-1), ord("ab"), pow(2, -1, 4), round("a"), divmod(1, 0), sorted([1], key=5), issubclass(1, int), bytearray().pop()
"""


def compiled(source):
    namespace = dict(globals())
    exec(source, namespace)
    return namespace["case"]


def attempted(text):
    return f"def case():\n    try: r = ({text})\n    except Exception as error: return type(error), str(error)\n    return repr(r)\n"


def split(line):
    """The parts of a tuple's text."""
    import ast

    tree = ast.parse(line.strip(), mode="eval").body
    return [ast.unparse(item) for item in tree.elts] if isinstance(tree, ast.Tuple) else [line.strip()]


cases = [compiled(f"def case():\n    for _ in range(8): r = ({line})\n    return repr(r)\n") for line in EXPRESSIONS]
cases += [compiled("def case():\n    for _ in range(8):\n        " + line + "\n    return repr(r)\n") for line in BLOCKS]
cases += [compiled(attempted(text)) for line in FAILING.strip().splitlines() for text in split(line)]
NAMES = EXPRESSIONS + BLOCKS + [text for line in FAILING.strip().splitlines() for text in split(line)]


def compare(number):
    state = random.Random(SEED * 100 + number)
    order = list(range(len(cases)))
    while time.monotonic() < END and not failed:
        state.shuffle(order)
        for index in order:
            got = cases[index]()
            if got != expected[index]:
                failed.append((NAMES[index], got, expected[index]))
                return
            if time.monotonic() > END:
                return
        clocks = time.time(), time.monotonic(), time.perf_counter(), time.process_time(), time.thread_time(), time.time_ns(), time.monotonic_ns()
        if min(clocks) < 0:
            failed.append(("clocks", clocks, None))


open_list, open_dict, open_set, open_deque, open_bytes = [5, 3], {"a": [1]}, {1, 2}, collections.deque([1, 2]), bytearray(b"abc")
append, order_list, find, add_left = open_list.append, open_list.sort, open_list.index, open_deque.appendleft


def change(number):
    """What all know is changed by all."""
    state = random.Random(SEED * 200 + number)
    actions = [
        lambda: append(state.randrange(9)), lambda: open_list.pop(), lambda: order_list(), lambda: order_list(key=negative), lambda: find(3), lambda: open_list.clear() if len(open_list) > 200 else None,
        lambda: sorted(open_list), lambda: sum(open_list), lambda: max(open_list), lambda: any(open_list), lambda: tuple(open_list), lambda: set(open_list), lambda: list(open_list), lambda: FIRST(open_list),
        lambda: _heapq.heappush(open_list, 4), lambda: _heapq.heappop(open_list), lambda: _bisect.insort_left(open_list, 4), lambda: list(map(twice, open_list)), lambda: list(zip(open_list, open_list)),
        lambda: list(enumerate(open_list)), lambda: list(itertools.chain(open_list, open_set)), lambda: list(reversed(open_list)), lambda: bytes(open_list), lambda: math.fsum(open_list),
        lambda: open_dict.update(a=[state.random()]), lambda: dict(open_dict), lambda: open_dict.pop("a"), lambda: open_dict.setdefault(state.randrange(9), [1]), lambda: dict(open_dict, b=[2]), lambda: list(open_dict.items()),
        lambda: open_dict.copy(), lambda: LAST(open_dict), lambda: open_set.add(state.randrange(50)), lambda: open_set.pop(), lambda: frozenset(open_set), lambda: open_set.copy(), lambda: sorted(open_set),
        lambda: add_left([1]), lambda: open_deque.pop(), lambda: open_deque.extend(open_list[:9]), lambda: open_deque.rotate(1), lambda: list(open_deque), lambda: collections.deque(open_deque),
        lambda: open_deque.clear() if len(open_deque) > 200 else None, lambda: open_bytes.append(65), lambda: open_bytes.pop(), lambda: open_bytes.extend(b"ab"), lambda: open_bytes.find(b"a"),
        lambda: BYTE_PATTERN.match(open_bytes), lambda: zlib.crc32(open_bytes), lambda: open_bytes.clear() if len(open_bytes) > 500 else None, lambda: ",".join(map(str, open_list)),
        lambda: _operator.iadd(open_list, [state.randrange(5)]), lambda: _operator.ior(open_dict, {"c": [3]}), lambda: open_deque.append(open_list), lambda: hash((1, ("x", state.random()))),
        lambda: json.dumps(open_list), lambda: "{} {}".format(open_list, open_dict), lambda: repr(open_deque), lambda: format(open_set), lambda: functools.partial(sorted, open_list)(),
    ]
    while time.monotonic() < END and not failed:
        for _ in range(100):
            try:
                state.choice(actions)()
            except (IndexError, KeyError, ValueError, RuntimeError, BufferError, TypeError):
                pass


def run(function):
    threads = [threading.Thread(target=function, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


expected = [case() for case in cases]
finish = END
END = time.monotonic() + SECONDS * 0.6
run(compare)
END = max(finish, time.monotonic() + SECONDS * 0.2)
run(change)
for name, got, wanted in failed:
    print(name, got, wanted, sep="\n", file=sys.stderr)
sys.exit(bool(failed))
