# __init_subclass__, __set_name__, __class_getitem__, __mro_entries__, __subclasshook__ without abc.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class Base:
    registry = []
    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.registry.append((cls.__name__, tag))
    def __class_getitem__(cls, key): return cls.__name__, key
class A(Base, tag="a"): pass
class B(A): pass
print(Base.registry, Base[int], A[1, 2], B["x"])
def unknown():
    class C(Base, other=1): pass
show('unknown()', lambda: unknown())
show('Base()[0]', lambda: Base()[0])
class Named:
    def __set_name__(self, owner, name): print("set_name", owner.__name__, name)
class Holder:
    a = b = Named()
    c = Named()
Holder.d = Named()
def bad():
    class X:
        class D:
            def __set_name__(self): pass
        f = D()
show('bad()', lambda: bad())
class Entry:
    def __mro_entries__(self, bases): print("entries", len(bases)); return (A, Holder)
class E(Entry()): pass
print([k.__name__ for k in E.__mro__], type(E.__orig_bases__[0]).__name__)
class BadEntry:
    def __mro_entries__(self, bases): return A
def bad_entry():
    class X(BadEntry()): pass
show('bad_entry()', lambda: bad_entry())
def not_base():
    class X(5): pass
show('not_base()', lambda: not_base())
show('type("X", (Entry(),), {})', lambda: type("X", (Entry(),), {}))
class NewOnly:
    def __new__(cls, *a): print("new", a); return super().__new__(cls)
class InitOnly:
    def __init__(self, a): print("init", a)
class Other:
    def __new__(cls, *a): return 5
    def __init__(self): print("never")
class InitReturns:
    def __init__(self): return 5
class Both(NewOnly, InitOnly): pass
show('NewOnly(1, 2) and 0', lambda: NewOnly(1, 2) and 0)
show('InitOnly(3) and 0', lambda: InitOnly(3) and 0)
show('InitOnly()', lambda: InitOnly())
show('Other(1, 2, 3)', lambda: Other(1, 2, 3))
show('InitReturns()', lambda: InitReturns())
show('Both(7) and 0', lambda: Both(7) and 0)
show('object.__new__(NewOnly, 5)', lambda: object.__new__(NewOnly, 5))
show('object.__new__(int)', lambda: object.__new__(int))
show('object.__new__()', lambda: object.__new__())
show('object.__init__(5)', lambda: object.__init__(5))
show('NewOnly.__new__(InitOnly) and 0', lambda: NewOnly.__new__(InitOnly) and 0)
