# Classes that lost their __new__, leave themselves out of their MRO, have odd names, or stand in front of modules and types.
import sys, types, weakref


def show(label, function):
    try:
        result = function()
        print(label, result if isinstance(result, (int, str, tuple)) else type(result).__name__)
    except Exception as error:
        print(label, repr(error))


class A:
    def __new__(cls, *arguments):
        raise AssertionError


class B(A):
    __new__ = object.__new__

    def __init__(self, number):
        self.number = number


show("own", lambda: B(3).number)
del B.__new__
show("inherited", lambda: B())
del A.__new__
show("gone", lambda: B(3).number)
show("gone, plain", lambda: A())
show("gone, argument", lambda: A(3))


class D:
    def __init__(self, number):
        pass


show("plain", lambda: D(3))
D.__new__ = lambda cls, number: 4
show("function", lambda: D(3))
del D.__new__
show("deleted", lambda: D(3))
D.__new__ = object.__new__
show("object's", lambda: D(3))


class Meta(type):
    def mro(cls):
        return (A,)


show("MRO", lambda: Meta("C", (), {}))


class Disappearing(type):
    def mro(cls):
        del Disappearing.mro
        return (A,)


show("MRO that goes", lambda: Disappearing("C", (), {}))

for name in "A\udcdcB", "A\0B", "", "42", "\xc4":
    show(ascii(name), lambda: type(name, (), {}).__name__)
    show("set", lambda: setattr(D, "__name__", name))


class Slotted:
    __slots__ = ("a",)


show("slot", lambda: Slotted().a)
show("slot deleted", lambda: delattr(Slotted(), "a"))
inner = types.ModuleType("inner")
exec("class Slotted:\n  __slots__ = 'a'\n", inner.__dict__)
show("slot elsewhere", lambda: inner.Slotted().a)

# The dict of a module or class of a derived class.
class Base:
    pass


class Module(Base, types.ModuleType):
    pass


module = Module("spam")
module.__dict__["eggs"] = 1
print(module.eggs, sorted(module.__dict__))
show("module", lambda: setattr(module, "__dict__", {}))
show("module", lambda: Base.__dict__["__dict__"].__set__(module, {}))


class MetaAndBase(Base, type):
    pass


class E(metaclass=MetaAndBase):
    pass


print(type(E.__dict__).__name__)
show("class", lambda: setattr(E, "__dict__", {}))

print(repr(classmethod.__new__(classmethod)), repr(staticmethod.__new__(staticmethod)))
print(bytearray.__dict__["__hash__"], isinstance(bytearray(), __import__("collections.abc").abc.Hashable))

# The builtins that code tests for are those of the start.
import builtins


def first():
    return all(x for x in [0]), any(x for x in [1]), tuple(x for x in [2])


def replaced():
    global all, any, tuple
    saved = all, any, tuple
    try:
        all = builtins.all = lambda x: "all"
        any = builtins.any = lambda x: "any"
        tuple = builtins.tuple = lambda x: "tuple"
        return first()
    finally:
        all, any, tuple = saved
        builtins.all, builtins.any, builtins.tuple = saved


print(first(), replaced(), first())

# Weak references: the shared one first.
class Target:
    pass


class Ref(weakref.ref):
    pass


target = Target()
one = Ref(target)
two = weakref.ref(target)
three = Ref(target)
proxy = weakref.proxy(target)
four = weakref.ref(target, print)
print([{id(one): 1, id(two): 2, id(three): 3, id(proxy): "p", id(four): 4}[id(r)] for r in weakref.getweakrefs(target)], weakref.ref(target) is two)
for arguments in (), (0,), (0, 0), (0, 0, 0, 0, 0):
    show(arguments, lambda: two.__init__(*arguments))
show("keyword", lambda: two.__init__(target, callback=2))
show("keyword", lambda: weakref.ref(target, callback=2))

error = ImportError("test", name="name", path="path")
error.__init__()
print(error.args, error.msg, error.name, error.path)
error = SyntaxError("msg", ("file", 1, 2, "text", 3, 4))
error.__init__("new", ("file", 1, 2, "text"))
print(error.end_lineno, error.end_offset, error.args)
error = NameError("x", name="n")
error.__init__("y")
print(error.name)
nested = (str,)
for _ in range(300000):
    nested = (nested,)
for test, subject in (isinstance, 1), (issubclass, int):
    try:
        test(subject, nested)
    except RecursionError:
        print("too deep")
print(isinstance(1, (str, (bytes, (list, (int,))))), issubclass(bool, ((str, int | None), bytes)))
while nested is not str:
    nested = nested[0]
