"""Bases that change while a class's mro() computes the order for others: the lists of subclasses follow."""
import gc


class A: pass
class B: pass
class C: pass


class Meta(type):
    wanted = None
    fails = False

    def mro(cls):
        wanted, Meta.wanted = Meta.wanted, None
        if wanted:
            cls.__bases__ = wanted
        if Meta.fails:
            Meta.fails = False
            raise ValueError("no order")
        return super().mro()


def lists():
    return [[k.__name__ for k in base.__subclasses__()] for base in (A, B, C)]


class X(A, metaclass=Meta): pass


print(lists())
X.__bases__ = (B,)
print(X.__bases__, lists())
Meta.wanted = (C,)
X.__bases__ = (A,)
print(X.__bases__, [k.__name__ for k in X.__mro__])
print("X" in [k.__name__ for k in C.__subclasses__()], "X" in [k.__name__ for k in A.__subclasses__()])
C.attribute = 5
print(X.attribute)
Meta.fails = True
try:
    X.__bases__ = (B,)
except ValueError as e:
    print(e, X.__bases__)
del X
gc.collect()
print(lists())
