# Attributes of instances: order, deletion, __dict__, many attributes, slots.
def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)


class A:
    x = 1

    def m(self):
        return "m"


a = A()
print(a.x, a.m())
a.x = 2
a.y = 3
print(a.x, A.x, a.y, a.__dict__)
del a.x
print(a.x, vars(a))
b = A()
b.p = 1
b.q = 2
b.r = 3
del b.q
b.q = 4
print(b.__dict__)
c = A()
c.k1 = 1
c.k2 = 2
del c.k2
print(vars(c))
c.k3 = 3
print(vars(c))
for i in range(200):
    setattr(c, f"n{i}", i)
print(len(vars(c)), c.n0, c.n199, c.k3)
for i in range(0, 200, 2):
    delattr(c, f"n{i}")
print(len(vars(c)), hasattr(c, "n0"), hasattr(c, "n1"))
show(lambda: c.n0)
show(lambda: delattr(c, "n0"))
d = A()
d.__dict__["z"] = 5
print(d.z)
d.__dict__ = {"w": 6}
print(d.w)
show(lambda: d.z)
show(lambda: setattr(d, "__dict__", 1))
dd = d.__dict__
d.v = 1
print(dd)
del dd["w"]
show(lambda: d.w)
e = A()
for name in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"):
    setattr(e, name, len(name))
print(e.__dict__, e.twelve)
f = A()
for name in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"):
    setattr(f, name, len(name))
f.one = "uno"
f.twelve = "dodici"
print(f.one, f.twelve, f.six)
show(lambda: getattr(f, 3))
show(lambda: getattr(f, "nothing", "default"))


class Str(str):
    pass


print(getattr(f, Str("six")))
setattr(f, Str("six"), 66)
print(f.six, [type(k) for k in f.__dict__ if k == "six"])


class S:
    __slots__ = ("a", "b")


s = S()
show(lambda: s.a)
s.a = 1
print(s.a)
del s.a
show(lambda: s.a)
show(lambda: delattr(s, "a"))
show(lambda: setattr(s, "c", 1))
show(lambda: s.__dict__)


class T(S):
    __slots__ = "c", "__dict__"


t = T()
t.a, t.b, t.c, t.d = 1, 2, 3, 4
print(t.a, t.b, t.c, t.d, t.__dict__)


class U(S):
    pass


u = U()
u.a = 1
u.z = 2
print(u.a, u.__dict__)


class P:
    __slots__ = ("__private", "public")

    def __init__(self):
        self.__private = 1


print(P()._P__private, sorted(n for n in dir(P) if "p" in n and not n.startswith("__")))


class L(list):
    pass


x = L([1, 2])
x.attr = 3
print(x, x.attr, x.__dict__)


class I(int):
    pass


i = I(5)
i.attr = "i"
print(i + 1, i.attr, i.__dict__)
i.other = 1
del i.attr
print(i.__dict__)
j = I(10**30)
j.attr = "big"
print(j, j.attr)


class Tu(tuple):
    pass


tt = Tu((1, 2, 3))
tt.attr = 1
print(tt, tt.attr, len(tt))


class F(float):
    __slots__ = ("u",)


ff = F(1.5)
ff.u = 2
print(ff, ff.u)


class D(dict):
    pass


dx = D(a=1)
dx.attr = 2
print(dx, dx.attr)


class E(Exception):
    pass


ex = E("msg")
ex.attr = 1
print(ex.attr, ex.args, ex.__dict__)


def fn():
    pass


fn.attr = 1
print(fn.attr, fn.__dict__)


class G:
    def __getattr__(self, name):
        if name.startswith("x"):
            return name.upper()
        raise AttributeError("no " + name)


g = G()
print(g.xyz)
show(lambda: g.abc)


class H:
    def __getattribute__(self, name):
        if name == "secret":
            raise AttributeError(name)
        return super().__getattribute__(name)

    def __getattr__(self, name):
        return "fallback " + name


h = H()
h.k = 1
print(h.k, h.secret)


class SetAttr:
    def __setattr__(self, name, value):
        print("set", name, value)
        super().__setattr__(name, value)

    def __delattr__(self, name):
        print("del", name)
        object.__delattr__(self, name)


sa = SetAttr()
sa.x = 1
del sa.x
print(sa.__dict__)
show(lambda: setattr(1, "x", 1))
show(lambda: setattr(object(), "x", 1))
show(lambda: delattr([], "append"))
show(lambda: setattr(int, "x", 1))
show(lambda: A.nothing)
try:
    A().nothing
except AttributeError as err:
    print(err.name, type(err.obj).__name__)
