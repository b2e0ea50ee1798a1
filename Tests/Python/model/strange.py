# Programs that nobody writes, which must not crash.
def show(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e)


class Liar:
    @property
    def __class__(self):
        return int


print(isinstance(Liar(), int), type(Liar()).__name__, Liar().__class__)
show(lambda: super(int, Liar()).__add__)


class BadMRO(type):
    def mro(cls):
        return (cls, 1)


show(lambda: BadMRO("X", (), {}))


class BadMRO2(type):
    def mro(cls):
        return [cls, int]


show(lambda: BadMRO2("X", (), {}))


class BadMRO3(type):
    def mro(cls):
        return 5


show(lambda: BadMRO3("X", (), {}))


class EmptyMRO(type):
    def mro(cls):
        return []


show(lambda: EmptyMRO("X", (), {}))


class SelfChanging:
    def __set_name__(self, owner, name):
        for i in range(100):
            setattr(owner, f"extra{i}", i)
        delattr(owner, name)


class Host:
    field = SelfChanging()


print(len([n for n in vars(Host) if n.startswith("extra")]), hasattr(Host, "field"))


class Key(str):
    def __eq__(self, other):
        raise RuntimeError("eq")

    __hash__ = str.__hash__


class P:
    pass


p = P()
p.__dict__[Key("attr")] = 1
show(lambda: p.attr)
show(lambda: p.other)
show(lambda: setattr(p, "attr", 2))
show(lambda: type("X", (), {5: 6}).__dict__[5])


class Get:
    def __get__(self, obj, owner):
        del type(obj).attr
        return "got"


class UsesGet:
    attr = Get()


print(UsesGet().attr)
show(lambda: UsesGet().attr)


class Recursive:
    def __getattr__(self, name):
        return getattr(self, name + "x")


show(lambda: Recursive().a)


class RecursiveRepr:
    def __repr__(self):
        return repr(self)


show(lambda: RecursiveRepr())




class RecursiveAdd:
    def __add__(self, other):
        return self + other


show(lambda: RecursiveAdd() + 1)


class RecursiveEq:
    def __eq__(self, other):
        return self == other


show(lambda: RecursiveEq() == 1)


class RecursiveIter:
    def __iter__(self):
        return iter(self)


show(lambda: list(RecursiveIter()))


class RecursiveHash:
    def __hash__(self):
        return hash(self)


show(lambda: hash(RecursiveHash()))
deep = type("Deep0", (), {})
for i in range(2000):
    deep = type(f"Deep{i + 1}", (deep,), {})
print(len(deep.__mro__), isinstance(deep(), deep.__mro__[-2]))
prop = property(lambda self: 1)


class WithProp:
    x = prop


w = WithProp()
print(w.x)
prop.__init__(lambda self: 2)
print(w.x)


class Meta(type):
    def __getattribute__(cls, name):
        if name == "hidden":
            raise AttributeError("hidden!")
        return type.__getattribute__(cls, name)

    def __getattr__(cls, name):
        return "meta " + name


class UsesMeta(metaclass=Meta):
    hidden = 1


print(UsesMeta.hidden, UsesMeta.other, UsesMeta.__name__)
show(lambda: UsesMeta().other)


class ClsAssign:
    def f(self):
        self.__class__ = Other
        return self.f()


class Other:
    def f(self):
        return "other"


print(ClsAssign().f())


class SlotsA:
    __slots__ = ("a",)


class SlotsB:
    __slots__ = ("a",)


class SlotsC:
    __slots__ = ("b",)


x = SlotsA()
x.a = 1
x.__class__ = SlotsB
print(x.a)
show(lambda: setattr(x, "__class__", SlotsC))
show(lambda: type("X", (SlotsA, SlotsC), {}))
show(lambda: SlotsA.a.__get__(SlotsC()))
show(lambda: SlotsA.a.__set__(SlotsC(), 1))
show(lambda: SlotsA.a.__get__(None, int))
show(lambda: int.__new__(str))
show(lambda: int.__new__())
show(lambda: int.__new__(1))
show(lambda: object.__new__(dict))
show(lambda: object.__new__(type(lambda: 0)))
show(lambda: dict.__new__(list))
show(lambda: type.__new__(type))
show(lambda: type.__new__(type, "a", (), {}, 1))
show(lambda: type.__call__(1))
show(lambda: object.__init__(1, 2))
show(lambda: list.__init__([], 1))
show(lambda: list.__init__({}, []))
show(lambda: BaseException.__new__(int))
show(lambda: type(type(1).__dict__["real"])())
show(lambda: type(lambda: 0).__new__(type(lambda: 0)))
show(lambda: type("X", (type(None),), {}))
show(lambda: type("X", (type(type.__call__),), {}))
show(lambda: type.__dict__["__name__"].__get__(1))
show(lambda: type.__dict__["__bases__"].__set__(P, (P,)))
show(lambda: type.__bases__.__get__)
show(lambda: setattr(type, "x", 1))
show(lambda: type.__setattr__(int, "x", 1))
show(lambda: object.__setattr__(P, "x", 1))
show(lambda: object.__delattr__(P, "x"))
show(lambda: type.__getattribute__(1, "x"))
show(lambda: object.__getattribute__(P, "__mro__"))
show(lambda: object.__reduce_ex__(1, "x"))
show(lambda: object.__format__(1, 1))
show(lambda: type.__subclasscheck__(int, 1))
show(lambda: isinstance(1, (int, (str, 5))))
show(lambda: isinstance(1, (str, (bytes, 5))))
show(lambda: issubclass(int, (str, object)))
show(lambda: issubclass(1, int))


class X:
    def __init__(self, **kw):
        self.__dict__.update(kw)
        self.__dict__[1] = 2


x = X(a=1)
print(x.__dict__, x.a)
x.__dict__.clear()
show(lambda: x.a)
x.__dict__["__class__"] = 5
print(x.__class__.__name__)


class Del:
    def __delattr__(self, name):
        raise AttributeError(name)

    def __setattr__(self, name, value):
        raise TypeError("no")


show(lambda: setattr(Del(), "a", 1))
show(lambda: delattr(Del(), "a"))
