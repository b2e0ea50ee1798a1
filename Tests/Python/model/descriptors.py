# property, classmethod, staticmethod, super, mappingproxy, SimpleNamespace, cells, modules.
import sys


def cell():
    x = 1
    return lambda: x


class types:
    SimpleNamespace = type(sys.implementation)
    ModuleType = type(sys)
    CellType = type(cell().__closure__[0])


def show(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e)


class A:
    @property
    def p(self):
        "doc of p"
        return self._p

    q = property()

    @property
    def r(self):
        return 1

    @r.setter
    def r(self, v):
        print("set r", v)

    @r.deleter
    def r(self):
        print("del r")

    @classmethod
    def c(cls, x):
        return cls.__name__, x

    @staticmethod
    def s(x):
        return x

    def m(self):
        return "m"


a = A()
a._p = 5
print(a.p, A.p.__doc__, A.p.__name__, A.p.fget.__name__, A.p.fset)
show(lambda: setattr(a, "p", 1))
show(lambda: delattr(a, "p"))
show(lambda: a.q)
show(lambda: setattr(a, "q", 1))
a.r = 3
del a.r
show(lambda: property().__name__)
show(lambda: property(doc=5).__doc__)
show(lambda: property(1, 2, 3, 4, 5))
print(A.p.__isabstractmethod__, a.c(1), A.c(2), a.s(3), A.s(4))


class PropertySub(property):
    pass


class B(A):
    @PropertySub
    def x(self):
        "sub doc"
        return 9

    @classmethod
    def c(cls, x):
        return "B", super().c(x)

    def m(self):
        return "B" + super().m()

    @staticmethod
    def t():
        return __class__


print(B().x, B.x.__doc__, B.c(1), B().m(), B.t())
print(A.__dict__["c"].__func__.__name__, A.__dict__["s"].__wrapped__ is A.s, A.__dict__["s"].__name__, A.__dict__["s"](8))
show(lambda: classmethod())
show(lambda: staticmethod(1, 2))
show(lambda: staticmethod(3)())
show(lambda: classmethod(3)())
show(lambda: super())
show(lambda: super(1))
show(lambda: super(int, "a"))
print(super(int), super(int, True), super(int, bool), super(int, True).__thisclass__, super(int, True).__self__, super(int, True).__self_class__, super(B, B()).m())
show(lambda: super(A, A()).zzz)
show(lambda: super(int, 1, 2, 3))


def f():
    super()


show(f)


def g(x):
    super()


show(lambda: g(1))
proxy = A.__dict__
show(lambda: type(proxy)(1))
show(lambda: type(proxy)([1]))
print(type(proxy)({1: 2}), str(type(proxy)({1: 2})), type(proxy)({1: 2}) | {3: 4}, type(proxy)({1: 2}).get(5, 6), type(proxy)({1: 1}) == {1: 1}, len(type(proxy)({1: 1})))
show(lambda: proxy["nothing"])


def change():
    proxy["a"] = 1


show(change)
N = types.SimpleNamespace
n = N(a=1, b="x")
print(n, n.a, N({"a": 1}, b=2), N(a=1) == N(a=1), N(a=1) == N(a=2), n.__dict__)
n.self = n
print(n)
show(lambda: N(1))
show(lambda: N(1, 2))
show(lambda: N([(1, 2)]))
show(lambda: N(a=1) < N(a=2))
show(lambda: hash(N()))
show(lambda: N(a=1).b)


class NN(N):
    pass


print(NN(x=1), type(None)(), type(...)(), repr(NotImplemented))
show(lambda: type(None)(1))
show(lambda: bool(NotImplemented))
show(lambda: None.foo)
show(lambda: setattr(None, "a", 1))
show(lambda: types.CellType().cell_contents)
cell = types.CellType(1)
print(cell.cell_contents, cell == types.CellType(1), cell < types.CellType(2), types.CellType() < cell)
mod = types.ModuleType("foo", "doc")
mod.x = 1
print(mod, mod.x, mod.__doc__, sorted(mod.__dict__))
show(lambda: mod.y)
show(lambda: delattr(mod, "y"))
mod.__getattr__ = lambda name: "dynamic " + name
print(mod.whatever)
show(lambda: types.ModuleType())
show(lambda: types.ModuleType(1))


class M(types.ModuleType):
    @property
    def prop(self):
        return "property of module"


m = M("m")
print(m.prop)
mod.__class__ = M
print(mod.prop)


def closure():
    x = 1

    def inner():
        return x

    return inner


print(closure().__closure__[0].cell_contents)
show(lambda: A.__dict__["p"].__set_name__(1))


class Lazy:
    def __init__(self, f):
        self.f = f

    def __get__(self, obj, owner=None):
        if obj is None:
            return self
        value = self.f(obj)
        obj.__dict__[self.f.__name__] = value
        return value


class UsesLazy:
    @Lazy
    def value(self):
        print("computed")
        return 7


u = UsesLazy()
print(u.value, u.value)
