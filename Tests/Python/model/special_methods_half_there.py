"""Classes with one half of a pair of special methods: __setitem__ without __delitem__, and their like."""
class A:
    def __setitem__(self, k, v): pass
class B:
    def __delitem__(self, k): pass
class C(A):
    def __getattr__(self, n): raise AttributeError("own " + n)
class D:
    def __set__(self, i, v): pass
class E:
    def __delete__(self, i): pass
class F:
    d = D(); e = E()
class G:
    def __setattr__(self, n, v): pass
class H(dict):
    __slots__=()
    __delitem__ = None
import operator
def t(f, *a):
    try: print(f(*a))
    except Exception as e: print(type(e).__name__, e)
def dele(a): del a[0]
def sete(a): a[0] = 1
for X in (A, B, C, H):
    t(dele, X()); t(sete, X()); t(operator.delitem, X(), 0); t(operator.setitem, X(), 0, 1)
def dd(o): del o.d
def de(o): del o.e
def sd(o): o.d = 1
def se(o): o.e = 1
for f in (dd,de,sd,se): t(f, F())
def dx(o): del o.x
t(dx, G())
class I:
    def __delattr__(self, n): pass
def sx(o): o.x = 1
t(sx, I())
