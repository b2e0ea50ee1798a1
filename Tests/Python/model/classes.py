# Making classes: type(), metaclasses, MRO, hooks, errors.
def show(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e, *getattr(e, "__notes__", ()))


class A:
    pass


X = type("X", (A,), {"a": 1, "f": lambda self: self.a})
print(X, X.__name__, X.__bases__, X.__mro__, X().f(), X.__module__, X.__qualname__)
show(lambda: type(1))
show(lambda: type())
show(lambda: type(1, 2))
show(lambda: type("a", (1,), {}))
show(lambda: type("a", (), 1))
show(lambda: type(1, (), {}))
show(lambda: type("a", 1, {}))
show(lambda: type("a", (bool,), {}))
show(lambda: type("a", (int, str), {}))
show(lambda: type("a", (A, A), {}))
show(lambda: type("a", (object, A), {}))
show(lambda: type("a\0", (), {}))


class M1(type):
    pass


class M2(type):
    pass


class X1(metaclass=M1):
    pass


class X2(metaclass=M2):
    pass


show(lambda: type("a", (X1, X2), {}))
print(type(type("a", (X1,), {})))
for slots in (1, "1a", ("__dict__", "__dict__"), ("__weakref__",) * 2, "a b", b"a", (1,)):
    show(lambda: type("a", (), {"__slots__": slots}))
show(lambda: type("a", (), {"__slots__": ("x",), "x": 1}))
show(lambda: type("a", (A,), {"__slots__": ("__dict__",)}))
show(lambda: type("a", (A,), {"__slots__": ("__weakref__",)}))
show(lambda: type("a", (int,), {"__slots__": ("x",)}))
show(lambda: type("a", (), {"__qualname__": 1}))
show(lambda: type("a", (), {"__classcell__": 1}))
show(lambda: type("X", (), {}, a=1))


class Base:
    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.tag = tag
        print("subclass", cls.__name__, tag)


class Sub(Base, tag="t"):
    pass


class Sub2(Sub):
    pass


class Field:
    def __set_name__(self, owner, name):
        self.name = name
        print("set_name", owner.__name__, name)

    def __get__(self, obj, owner=None):
        return (self.name, obj is None, owner.__name__)

    def __set__(self, obj, value):
        print("set", self.name, value)

    def __delete__(self, obj):
        print("delete", self.name)


class WithFields:
    first = Field()
    second = Field()


print(WithFields.first, WithFields().second)
w = WithFields()
w.first = 1
del w.first


class Bad:
    def __set_name__(self, owner, name):
        raise ValueError("bad")


def make_bad():
    class C:
        attr = Bad()


show(make_bad)


class Meta(type):
    def __prepare__(name, bases, **kw):
        print("prepare", name, bases, kw)
        return {"prepared": True}

    def __new__(mcls, name, bases, ns, **kw):
        print("new", name, sorted(k for k in ns if not k.startswith("__")), kw)
        return super().__new__(mcls, name, bases, ns)

    def __init__(cls, name, bases, ns, **kw):
        print("init", name, kw)
        super().__init__(name, bases, ns)

    def __call__(cls, *args):
        print("call", cls.__name__, args)
        return super().__call__(*args)

    def meta_method(cls):
        return "meta " + cls.__name__

    @property
    def meta_property(cls):
        return "property of " + cls.__name__

    def __len__(cls):
        return 42

    def __getitem__(cls, item):
        return cls.__name__, item

    def __contains__(cls, item):
        return item == 1

    def __instancecheck__(cls, instance):
        return instance == "instance"

    def __subclasscheck__(cls, subclass):
        return subclass is int


class WithMeta(A, metaclass=Meta, option=1):
    def __init__(self, *args):
        self.args = args


o = WithMeta(1, 2)
print(o.args, WithMeta.meta_method(), WithMeta.meta_property, len(WithMeta), WithMeta["k"], 1 in WithMeta)
print(isinstance("instance", WithMeta), isinstance(3, WithMeta), issubclass(int, WithMeta), issubclass(str, WithMeta), isinstance(o, WithMeta))
show(lambda: o.meta_method)


class DA:
    def who(self):
        return "A"


class DB(DA):
    def who(self):
        return "B" + super().who()


class DC(DA):
    def who(self):
        return "C" + super().who()


class DD(DB, DC):
    def who(self):
        return "D" + super().who()


print(DD().who(), [c.__name__ for c in DD.__mro__])
print(DA.__subclasses__(), DB.__subclasses__())


class CustomMRO(type):
    def mro(cls):
        return [cls, DA, object]


class CM(metaclass=CustomMRO):
    pass


print(CM.__mro__, CM().who())
DB.extra = 1
print(DD.extra, DD().extra)
DA.who = lambda self: "a"
print(DD().who())
del DC.who
print(DD().who())


class G:
    def __class_getitem__(cls, item):
        return cls.__name__, item


print(G[int])
show(lambda: A[int])


class New:
    def __new__(cls, *args):
        print("__new__", cls.__name__, args)
        return super().__new__(cls)

    def __init__(self, *args):
        print("__init__", args)


New(1, 2)


class NewOther:
    def __new__(cls):
        return 5

    def __init__(self):
        print("never")


print(NewOther())


class InitReturns:
    def __init__(self):
        return 1


show(InitReturns)
show(lambda: A(1))
show(lambda: object(1))
print(A.__doc__, A.__dict__["__doc__"], type(A.__dict__).__name__)


class Doc:
    "documented"
    x: int = 1


print(Doc.__doc__, Doc.__annotations__, list(Doc.__dict__))
Doc.__doc__ = "changed"
print(Doc.__doc__)
Doc.__name__ = "Renamed"
Doc.__qualname__ = "Some.Renamed"
print(Doc, Doc())if False else print(Doc)
show(lambda: setattr(A, "__name__", 1))
show(lambda: delattr(A, "__name__"))
show(lambda: setattr(A, "__bases__", 1))
show(lambda: setattr(A, "__bases__", ()))
show(lambda: setattr(A, "__bases__", (1,)))
show(lambda: setattr(A, "__bases__", (A,)))
show(lambda: setattr(A, "__bases__", (int,)))


class P1:
    def f(self):
        return 1


class P2:
    def f(self):
        return 2


class Child(P1):
    pass


ch = Child()
print(ch.f())
Child.__bases__ = (P2,)
print(ch.f(), Child.__mro__, P1.__subclasses__(), P2.__subclasses__())


class Q1:
    def f(self):
        return "Q1"


class Q2:
    def f(self):
        return "Q2"


q = Q1()
q.attr = 1
q.__class__ = Q2
print(q.f(), q.attr, type(q))
show(lambda: setattr(A(), "__class__", int))
show(lambda: setattr(A(), "__class__", type("S", (), {"__slots__": ("a",)})))
show(lambda: setattr(A(), "__class__", 1))
show(lambda: setattr(1, "__class__", A))
show(lambda: delattr(A(), "__class__"))
print(repr(A) , type.__repr__(A), str(int), type(None), type(...))
print(A.__flags__ & (1 << 9) != 0, int.__flags__ & (1 << 9), A.__weakrefoffset__, A.__dictoffset__)
print(type.mro(bool), bool.__base__, object.__base__)
show(lambda: type.__abstractmethods__)
def outer():
    class Inner:
        def method(self):
            return __class__

    return Inner


print(outer()().method(), outer().__qualname__)
print([n for n in dir(A) if n not in dir(object)])
