# Sorting by tuples with equal texts, frames' locals by odd keys, struct sequences, types of typing, constructors that check late.
import collections, contextvars, csv, inspect, sys, time, typing, warnings
from typing import ParamSpec, TypeAliasType, TypeVar

warnings.simplefilter("ignore")


def show(function):
    try:
        print(repr(function()))
    except BaseException as error:
        print(repr(error))


print(sorted([1, 2, "x", "print", "__builtins__"], key=lambda x: (str(type(x)), x)))
print(sorted([(str(1), "x"), (str(1), "b"), (str(1), "a", 1), (str(1), "a")]))
rows = [("%s" % (i % 3), "%s" % (i % 5), i) for i in range(40)]
print(sorted(rows[::-1]) == sorted(rows), sorted(rows[::-1])[:4])

for kind in typing.Generic, typing.TypeVar, typing.ParamSpec, typing.TypeVarTuple, typing.ParamSpecArgs, typing.TypeAliasType:
    print(kind, bool(kind.__flags__ & 512))
show(lambda: compile("-" * 100000 + "1", "f", "exec"))


class Reentrant:
    count = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.count += 1
        if self.count == 1:
            next(self.reader, None)
            return "a,b"
        if self.count == 2:
            return "x"
        raise StopIteration


lines = Reentrant()
lines.reader = csv.reader(lines)
show(lambda: next(lines.reader))


class Weird(str):
    def __eq__(self, other):
        pass


show(lambda: contextvars.ContextVar(Weird()))
for status in (42,), (17, 23), (), None, [1]:
    try:
        sys.exit(status)
    except SystemExit as error:
        print(error.code, error.args)
print(len(sys.flags), sys.flags.n_fields, sys.flags.n_sequence_fields, sys.flags.n_unnamed_fields, sys.flags.gil is not None)
for kind in type(None), type(...), type(NotImplemented):
    show(lambda: inspect.signature(kind))
print(time._STRUCT_TM_ITEMS, time.struct_time.__match_args__)


class BadLength:
    def __iter__(self):
        return iter(range(10))

    def __len__(self):
        raise RuntimeError("hello")


for function in [].extend, bytearray().extend, list, bytes:
    show(lambda: function(BadLength()))
T = TypeVar("T")
U = TypeVar("U", default=int)
P = ParamSpec("P", default=[int])
for parameters in (U, T), (P, T), (T, U), (1,), [T]:
    show(lambda: TypeAliasType("A", list, type_params=parameters))
print(compile("", "t", "exec", 0x10).co_name)


def factory():
    global calls
    calls += 1
    mine = calls
    if mine == 1:
        d["key"]
    return mine


calls = 0
d = collections.defaultdict(factory)
print(d["key"], calls, dict(d))


def frame_locals():
    frame = sys._getframe()
    proxy = frame.f_locals
    x = 1

    class Impostor:
        def __hash__(self):
            return hash("x")

        def __eq__(self, other):
            return other == "x"

    class Unhashable(str):
        __hash__ = None

    show(lambda: proxy[Unhashable("x")])
    show(lambda: proxy.__setitem__(Unhashable("x"), 1))
    show(lambda: proxy[Impostor()])
    show(lambda: proxy.__setitem__(Impostor(), 7))
    print(x)
    show(lambda: Impostor() in proxy)
    show(lambda: [] in proxy)
    show(lambda: reversed(proxy))
    show(lambda: proxy.get([]))
    show(lambda: proxy.pop(Impostor()))
    show(lambda: proxy.setdefault(Impostor(), 8))
    for name in "f_trace_opcodes", "f_trace_lines":
        show(lambda: delattr(frame, name))
        show(lambda: setattr(frame, name, 1))


frame_locals()

import gc, re

target = bytearray(b"x")
matches = re.finditer(b"a", target)
show(lambda: target.extend(b"x" * 400))
print(list(matches))
del matches
target.extend(b"y" * 400)
for pattern, text in (rb"[bc]", b"B"), (rb"[^bc]", b"B"), (rb"[^b-c]", b"C"), (rb"[^bc]", b"c"), (rb"[^bc]", b"a"), (rb"[^BC]", b"b"), (rb"[^\d]", b"1"), (rb"[^\d]", b"A"):
    print(pattern, text, re.fullmatch(pattern, text, re.LOCALE | re.IGNORECASE) is not None)
gc.disable()
gc.collect()
item = []
item.append(item)
print([any(item is each for each in gc.get_objects(generation=number)) for number in range(3)])
for generation in range(3):
    gc.collect(generation)
    print([any(item is each for each in gc.get_objects(generation=number)) for number in range(3)])
