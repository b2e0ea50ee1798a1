# The native pickler and unpickler: bytes of every protocol, hooks, persistent ids, buffers out of band, memo proxies, errors and their notes.
import _pickle
import collections
import copyreg
import io
import pickle
import re
import zlib


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __eq__(self, other):
        return type(self) is type(other) and self.__dict__ == other.__dict__

    class Inner:
        pass


class Slots:
    __slots__ = ("a", "b")


class WithState(Point):
    def __getstate__(self):
        return (self.x, self.y)

    def __setstate__(self, state):
        self.x, self.y = state


class Numbers(list):
    pass


class Keywords:
    def __new__(cls, *, a):
        self = object.__new__(cls)
        self.a = a
        return self

    def __getnewargs_ex__(self):
        return (), {"a": self.a}


def shown(data):
    return data if len(data) < 60 else (len(data), zlib.crc32(data))


def attempt(what, function, *arguments, **keywords):
    try:
        result = function(*arguments, **keywords)
    except Exception as error:
        text = f"{error} {getattr(error, '__notes__', [])[-4:]} {repr(error.__context__)[:60]}"
        print(what, type(error).__name__, re.sub("0x[0-9a-f]+", "address", text))
    else:
        print(what, repr(result)[:120])


recursive_list = []
recursive_list.append(recursive_list)
recursive_tuple = ([],)
recursive_tuple[0].append(recursive_tuple)
recursive_dict = {}
recursive_dict["self"] = recursive_dict
shared = ["x"]
objects = [
    0, 1, 255, 256, 65535, 65536, -1, 2**31 - 1, 2**31, -2**31, -2**31 - 1, 2**63, -2**63, 2**64, -2**200, 2**2050, 0.0, -1.5, 1e300, float("inf"),
    "", "a", "\\\n\0\r\x1a", "\xe9\u20ac\U0001f600", "\udc80", "x" * 300, b"", b"a\xff", b"y" * 300, bytearray(b"abc"), (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4),
    [], [1], [1, 2], list(range(1001)), {}, {1: 2}, {1: 2, 3: 4}, dict.fromkeys(range(1001)), set(), {1}, frozenset(), frozenset([1]), None, True, False,
    NotImplemented, ..., type(None), type(...), type(NotImplemented), int, len, Point, Point.Inner, Point(1, "z"), WithState(3, 4), Numbers([1, 2]), Keywords(a=5),
    collections.OrderedDict(a=1, b=2), collections.deque([1, 2], 5), 3 + 4j, range(3), slice(1, 2, 3), [shared, shared], Point.__init__,
    ValueError("no"), copyreg, "y" * 70000, b"z" * 70000, ["q" * 40000, "r" * 40000, "s" * 10],
]
for number in range(6):
    for thing in objects:
        try:
            data = _pickle.dumps(thing, number)
            again = _pickle.loads(data)
        except Exception as error:
            print(number, type(thing).__name__, type(error).__name__, error)
            continue
        same = again == thing or type(again) is type(thing) and repr(again)[:30] == repr(thing)[:30]
        print(number, type(thing).__name__, shown(data), same)
    for thing in recursive_list, recursive_tuple, recursive_dict:
        data = _pickle.dumps(thing, number)
        again = _pickle.loads(data)
        print(data, again)
    slots = Slots()
    slots.a = 1
    attempt("slots", lambda: _pickle.loads(_pickle.dumps(slots, number)).a)


class Hooked(_pickle.Pickler):
    def persistent_id(self, thing):
        return "id %s" % thing if isinstance(thing, complex) else None

    def reducer_override(self, thing):
        return (int, ("7",)) if thing is attempt else NotImplemented


class Loading(_pickle.Unpickler):
    def persistent_load(self, name):
        return ["loaded", name]

    def find_class(self, module, name):
        print("find", module, name)
        return super().find_class(module, name)


for number in 0, 2, 5:
    file = io.BytesIO()
    pickler = Hooked(file, number)
    pickler.dump([1j, attempt, Point(1, 2), 1j])
    print(file.getvalue())
    file.seek(0)
    unpickler = Loading(file)
    print([getattr(part, "__dict__", part) for part in unpickler.load()], sorted(unpickler.memo.copy())[:4], len(pickler.memo.copy()))

file = io.BytesIO()
pickler = _pickle.Pickler(file, 4)
pickler.dump(shared)
pickler.dump(shared)
memo = pickler.memo
print(file.getvalue(), sorted(value[0] for value in memo.copy().values()), type(memo).__name__, memo.__reduce__()[0])
pickler.clear_memo()
pickler.dump(shared)
pickler.memo = {1: (5, shared)}
pickler.dump(shared)
print(file.getvalue())
pickler.dispatch_table = {complex: lambda thing: (complex, (9, 9))}
pickler.dump(1j)
del pickler.dispatch_table
attempt("no table", lambda: pickler.dispatch_table)
file.seek(0)
unpickler = _pickle.Unpickler(file)
print([unpickler.load() for _ in range(3)])
pickler.persistent_id = lambda thing: "p" if thing == 77 else None
pickler.dump(77)
pickler.fast = 1
attempt("cyclic", pickler.dump, recursive_list)
print(pickler.bin, pickler.fast)

# Buffers.
large = bytearray(b"0123456789")
parts = []
data = _pickle.dumps([pickle.PickleBuffer(large), pickle.PickleBuffer(b"const")], 5, buffer_callback=parts.append)
print(data, [bytes(part.raw()) for part in parts])
again = _pickle.loads(data, buffers=[bytearray(b"new"), b"old"])
print(again)
print(_pickle.loads(_pickle.dumps(pickle.PickleBuffer(large), 5)), _pickle.loads(_pickle.dumps(pickle.PickleBuffer(b"const"), 5)))
attempt("no buffers", _pickle.loads, data, buffers=None)
attempt("few buffers", _pickle.loads, data)
attempt("strided", _pickle.dumps, pickle.PickleBuffer(memoryview(b"abcdef")[::2]), 5)
attempt("old", _pickle.dumps, pickle.PickleBuffer(b"a"), 4)
attempt("callback", _pickle.dumps, 1, 4, buffer_callback=print)
buffer = pickle.PickleBuffer(large)
print(buffer.raw().obj is large, memoryview(buffer).nbytes)
buffer.release()
attempt("released", buffer.raw)
attempt("released", memoryview, buffer)

# Errors of pickling.
attempt("local", _pickle.dumps, attempt.__class__.__new__(type(attempt), attempt.__code__, {}))
attempt("lambda", _pickle.dumps, [{"k": (lambda: 0)}])
attempt("generator", _pickle.dumps, {"a": [1, (i for i in ())]})
attempt("protocol", _pickle.dumps, 1, 6)
attempt("protocol", _pickle.dumps, 1, "2")


class Reduced:
    def __init__(self, value):
        self.value = value

    def __reduce__(self):
        return self.value


for value in [
    5, (), (1,), (int, 1), (1, ()), (int, (), None, 5), (int, (), None, None, 5), (int, (), None, None, None, 5), (int,) * 7, "nothing",
    (copyreg.__newobj__, ()), (copyreg.__newobj__, (1,)), (copyreg.__newobj__, (int,)), (copyreg.__newobj_ex__, (int,)), (copyreg.__newobj_ex__, (1, (), {})),
    (copyreg.__newobj_ex__, (Reduced, 1, {})), (copyreg.__newobj_ex__, (Reduced, (), 1)), (dict, (), None, None, iter([1])), (list, (print, lambda: 0)),
]:
    attempt("reduce", _pickle.dumps, [Reduced(value)], 4)

# Errors of unpickling.
for data in [
    b"", b"N", b".", b"0.", b"}.x", b"(.", b"1.", b"t.", b"K", b"X\x0a\0\0\0abc.", b"\x80\x07.", b"\xff", b"'", b"z", b"I12x\n.", b"I01\n.", b"I010\n.", b"L5L\n.", b"F1.5\n.", b"Fx\n.",
    b"S'a\\x41'\n.", b"Sab\n.", b"U\x02a\xff.", b"Va\\u20ac\n.", b"g0\n.", b"h\x05.", b"Np5\ng5\n.", b"Np-1\n.", b"N\x94h\x00.", b"cno.module\nx\n.", b"cbuiltins\nnothing\n.",
    b"\x80\x04\x8c\x08builtins\x8c\x05a.b.c\x93.", b"KK\x93.", b"\x82\x00.", b"\x82\xf0.", b"P1\n.", b"K\x01Q.", b"KKR.", b"cbuiltins\nint\nNR.", b"K\x01)\x81.", b"cbuiltins\nint\nN\x81.",
    b"cbuiltins\nint\n)}\x92.", b"cbuiltins\nint\n)N\x92.", b"]Kb.", b"(K\x01d.", b"}(K\x01u.", b"](K\x01e.", b"]K\x01a.", b"(K\x01K\x02l.", b"(K\x01K\x02d.", b"(cbuiltins\nint\no.",
    b"(ibuiltins\nint\n.", b"(S'7'\nibuiltins\nint\n.", b"\x8f(K\x01\x90.", b"(K\x01\x91.", b"\x95\x05\0\0\0\0\0\0\0N.", b"\x95\xff\xff\xff\xff\xff\xff\xff\xffN.", b"\x8b\xff\xff\xff\xff.",
    b"\x8a\x00.", b"\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01.", b"T\xff\xff\xff\xff.", b"\x96\x02\0\0\0\0\0\0\0ab.", b"r\xff\xff\xff\xff.", b"N2\x86.", b"\x97.",
    b"\x80\x04\x95\x03\0\0\0\0\0\0\0C\nhelloworld.", b"cexceptions\nValueError\n.", b"c__builtin__\nxrange\n.",
]:
    attempt(data, _pickle.loads, data)
attempt("bytes", _pickle.loads, b"U\x02a\xff.", encoding="bytes")
attempt("latin1", _pickle.loads, b"U\x02a\xff.", encoding="latin1")
attempt("not bytes", _pickle.loads, "text")
attempt("no file", _pickle.Pickler, 3)
attempt("no file", _pickle.Unpickler, 3)
attempt("no init", _pickle.Pickler.__new__(_pickle.Pickler).dump, 1)
attempt("no init", _pickle.Unpickler.__new__(_pickle.Unpickler).load)
attempt("memo", setattr, _pickle.Unpickler(file), "memo", {-1: 2})
attempt("memo", setattr, _pickle.Unpickler(file), "memo", {"a": 2})
attempt("memo", setattr, _pickle.Unpickler(file), "memo", 5)
attempt("memo", setattr, pickler, "memo", {1: 2})
print(pickle.Pickler is _pickle.Pickler, _pickle.PickleError.__mro__, _pickle.PicklingError.__module__)


class Trickle:
    """A file that has neither peek nor readinto."""

    def __init__(self, data):
        self.file = io.BytesIO(data)

    def read(self, count):
        return self.file.read(count)

    def readline(self):
        return self.file.readline()


for data in _pickle.dumps(objects[:40], 0), _pickle.dumps(objects[:40], 5), _pickle.dumps(b"z" * 70000, 5), _pickle.dumps(bytearray(70000), 5):
    print(_pickle.load(Trickle(data)) == _pickle.load(io.BufferedReader(io.BytesIO(data))) == _pickle.loads(data))
