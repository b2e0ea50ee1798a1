"""object.name() where the name is an attribute of the object itself, a field, or what a class holds that is no method."""

import sys


class Holder:
    constant = max
    static = staticmethod(lambda *args: ("static", args))
    kind = int

    def __init__(self, function):
        self.function = function

    def method(self, *args):
        return "method", args


class Fields:
    __slots__ = ("function", "other")

    def __init__(self, function):
        self.function = function


def call(owner, *args):
    try:
        return owner.function(*args)
    except Exception as error:
        return type(error).__name__, str(error)


def named(*args):
    return "named", args


class Called:
    def __call__(self, *args):
        return "called", args

    def bound(self, *args):
        return "bound", args


functions = [named, Called(), Called().bound, len, [1].append, str.upper, int, lambda *args: args, Holder(named).function, 3]
for make in (Holder, Fields):
    owner = make(named)
    for function in functions:
        owner.function = function
        for _ in range(6):
            result = call(owner), call(owner, "ab")
        print(result)
    del owner.function
    print([call(owner) for _ in range(3)])
    owner.function = named
    print(call(owner, 1))


def several(owner):
    return owner.static(1), owner.kind("5"), owner.constant([1, 2]), owner.method(2), owner.function(3)


owner = Holder(named)
for turn in range(24):
    if turn == 6:
        Holder.static = staticmethod(lambda *args: ("another", args))
    if turn == 9:
        owner.static = lambda *args: ("own", args)
    if turn == 12:
        del owner.static
        Holder.kind = float
    if turn == 15:
        owner.method = lambda *args: ("own method", args)
    if turn == 18:
        Holder.function = property(lambda self: lambda *args: ("property", args))
    if turn == 21:
        del Holder.function
        owner = Holder(3)
        owner.function = named
    if turn % 3 == 2:
        print(several(owner))


class Many:
    pass


# Attributes beyond those inside the object, and objects that have become dicts.
for count in (2, 40):
    many = Many()
    for index in range(count):
        setattr(many, f"a{index}", index)
    many.last = named
    print([many.last(turn) for turn in range(6)][-1])
    many.__dict__["last"] = lambda *args: ("replaced", args)
    print([many.last(turn) for turn in range(6)][-1])

# The owner may be gone with the call, and nothing is kept.
value = object()
before = sys.getrefcount(value)
for _ in range(20):
    Holder(named).function(value)
    Fields(named).function(value)
    Holder(named).static(value)
print(sys.getrefcount(value) - before)


class Ends:
    def __init__(self, function):
        self.function = function

    def __del__(self):
        ended.append(1)


ended = []
for _ in range(10):
    Ends(lambda: ended.append(2)).function()
print(ended)
