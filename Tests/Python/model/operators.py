# Special methods written in Python, and assigned later.
def show(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e)


class N:
    def __init__(self, v):
        self.v = v

    def __repr__(self):
        return f"N({self.v})"

    def __add__(self, o):
        return ("add", self.v, o.v if isinstance(o, N) else o)

    def __radd__(self, o):
        return ("radd", self.v, o)

    def __sub__(self, o):
        return NotImplemented

    def __eq__(self, o):
        return isinstance(o, N) and self.v == o.v

    def __lt__(self, o):
        return self.v < o.v

    def __bool__(self):
        return self.v != 0

    def __len__(self):
        return self.v

    def __getitem__(self, i):
        if i >= self.v:
            raise IndexError(i)
        return i * 10

    def __setitem__(self, k, v):
        print("setitem", k, v)

    def __delitem__(self, k):
        print("delitem", k)

    def __contains__(self, x):
        return x == "in"

    def __call__(self, *args, **kw):
        return args, kw

    def __iadd__(self, o):
        self.v += o
        return self

    def __neg__(self):
        return "neg"

    def __pos__(self):
        return "pos"

    def __abs__(self):
        return "abs"

    def __invert__(self):
        return "invert"

    def __int__(self):
        return self.v

    def __float__(self):
        return float(self.v)

    def __index__(self):
        return self.v

    def __pow__(self, o, m=None):
        return ("pow", o, m)

    def __rpow__(self, o, m=None):
        return ("rpow", o, m)

    def __divmod__(self, o):
        return "divmod"

    def __matmul__(self, o):
        return "matmul"

    def __format__(self, spec):
        return "fmt:" + spec

    def __str__(self):
        return "str"

    def __enter__(self):
        print("enter")
        return self

    def __exit__(self, *a):
        print("exit", a[0])
        return True


n = N(3)
print(n + 1, 1 + n, n + N(4), [1] + [2])
show(lambda: n - 1)
show(lambda: 1 - n)
print(n == N(3), n != N(3), n == 3, n < N(4), n > N(4))
show(lambda: n < 3)
show(lambda: n <= N(3))
show(lambda: hash(n))
print(bool(n), bool(N(0)), len(n), n[1], list(n), "in" in n, "out" in n)
n[1] = 2
del n[1]
print(n(1, 2, a=3), -n, +n, abs(n), ~n, int(n), float(n), [1, 2, 3, 4][n])
print(n**2, 2**n, pow(n, 2, 5), divmod(n, 2), n @ 1, f"{n:abc}", f"{n}", f"{n!r}", str(n), repr(n))
n += 5
print(n.v)
with n as m:
    print(m is n)
    raise ValueError
print(n.__add__(1), N.__add__(n, 1), type(n.__add__).__name__)


class Sub(N):
    def __radd__(self, o):
        return "Sub.radd"


print(N(1) + Sub(2), Sub(1) + N(2))


class Empty:
    pass


e = Empty()
for f in (lambda: e + 1, lambda: 1 + e, lambda: -e, lambda: e[0], lambda: e(), lambda: len(e), lambda: iter(e), lambda: next(e), lambda: e < e, lambda: 1 in e,
          lambda: e @ e, lambda: e**2, lambda: int(e), lambda: float(e), lambda: [1][e], lambda: abs(e), lambda: e.__setitem__, lambda: reversed(e), lambda: round(e)):
    show(f)


def setitem():
    e[0] = 1


def delitem():
    del e[0]


show(setitem)
show(delitem)
Empty.__add__ = lambda self, o: "later"
print(e + 1)
Empty.__len__ = lambda self: 7
print(len(e), bool(e))
Empty.__len__ = lambda self: -1
show(lambda: len(e))
Empty.__len__ = lambda self: "x"
show(lambda: len(e))
Empty.__bool__ = lambda self: 1
show(lambda: bool(e))
Empty.__hash__ = lambda self: 2**70
print(hash(e) == hash(2**70))
Empty.__hash__ = lambda self: "x"
show(lambda: hash(e))
Empty.__hash__ = None
show(lambda: hash(e))
Empty.__iter__ = lambda self: 1
show(lambda: iter(e))
Empty.__iter__ = None
show(lambda: iter(e))
Empty.__contains__ = None
show(lambda: 1 in e)
Empty.__repr__ = lambda self: 1
show(lambda: repr(e))
Empty.__call__ = lambda self, *a: a
print(e(1, 2))
del Empty.__call__
show(lambda: e(1))


class It:
    def __init__(self):
        self.i = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.i += 1
        if self.i > 3:
            raise StopIteration
        return self.i


print(list(It()), [*It()], sum(It()), max(It()))


class L(list):
    def __add__(self, o):
        return "L.add"

    def __getitem__(self, i):
        return "L.getitem"

    def __len__(self):
        return 99


l = L([1, 2])
print(l + [1], l[0], len(l), l * 2, [3] + l, list.__getitem__(l, 0), list.__len__(l), bool(l))


class D(dict):
    def __missing__(self, key):
        return "missing", key


print(D(a=1)["a"], D()["b"], D().get("b"))


class I(int):
    def __add__(self, o):
        return "I.add"

    def __radd__(self, o):
        return "I.radd"


print(I(1) + 2, 2 + I(1), I(1) - 1, I(3) * I(4), type(I(3) * 2))


class S(str):
    def __eq__(self, o):
        return "eq"

    __hash__ = str.__hash__


print(S("a") == "a", "a" == S("a"), {S("a"): 1})


class Desc:
    def __get__(self, obj, owner):
        return lambda *a: ("desc", obj is not None, a)


class UsesDesc:
    __len__ = Desc()
    __call__ = Desc()
    __add__ = Desc()


show(lambda: UsesDesc()(1))
show(lambda: UsesDesc() + 2)
print(int.__add__(1, 2), (1).__add__(2), int.__radd__(1, 2), (5).__sub__("a"), [1].__len__(), "a".__eq__("a"), "a".__lt__(1))
for f in (lambda: int.__add__(1), lambda: int.__add__("a", 1), lambda: int.__add__(), lambda: (1).__add__(1, 2), lambda: (1).__add__(x=1), lambda: [].__len__(1),
          lambda: [].__setitem__(1), lambda: [].__iter__().__next__(), lambda: object.__setattr__(int, "x", 1), lambda: object.__getattribute__(1), lambda: list.append(1, 2),
          lambda: list.append(), lambda: type.__call__(), lambda: dict.fromkeys.__get__(1), lambda: str.join.__get__(1), lambda: (1).real.__get__(None, None)):
    show(f)
print(int.__add__, (1).__add__.__name__, list.append, [].append.__qualname__, int.real, dict.__dict__["fromkeys"], list.append.__objclass__, int.__add__.__qualname__)
print(type(int.__add__), type((1).__add__), type(list.append), type([].append), type(int.real), type(dict.__dict__["fromkeys"]), type(type.__dict__["__base__"]))
print(N.__hash__, object.__hash__(1) == object.__hash__(1), object.__eq__(1, 1), object.__eq__(1, 2), object.__ne__(1, 2), object.__lt__(1, 2))
