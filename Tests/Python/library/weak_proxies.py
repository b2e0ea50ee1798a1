# Weak proxies pass on what is asked of them.
import weakref
class A:
    n=1
    def hello(self): return "hello"
    def __len__(self): return 3
    def __getitem__(self, k): return k*2
    def __iter__(self): return iter([1,2])
    def __add__(self, o): return ("add", o)
    def __call__(self, *a, **k): return a, k
    def __eq__(self, o): return isinstance(o, A)
    def __bool__(self): return False
    def __contains__(self, x): return x == 5
    def __bytes__(self): return b"q"
    def __reversed__(self): return iter("rev")
    def __index__(self): return 7
    def __float__(self): return 2.5
class B: pass
a=A(); b=B()
p=weakref.proxy(a); q=weakref.proxy(b)
print(p.n, p.hello(), len(p), p[4], list(p), p+1, p(1,x=2), p==a, bool(p), 5 in p, [0]*8 and list(range(10))[p], float(p), type(p), type(q), isinstance(p, A))
p.n = 5; print(a.n); del p.n; print(a.n)
for f in (lambda: hash(p), lambda: next(p), lambda: q+1, lambda: 1+q, lambda: q[0], lambda: len(q), lambda: q(), lambda: q.zip, lambda: -q, lambda: q**2, lambda: type(p)()):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
print(weakref.proxy(a) is p, weakref.getweakrefcount(a), str(q).startswith("<__main__.B"), repr(q).startswith("<weakproxy at 0x"), "to '" in repr(q), repr(q).split("to ")[1][:7])
del b
try: q.x
except ReferenceError as e: print(e)
print(repr(q)[:12])
class C:
    def __bytes__(self): return b"c"
    def __reversed__(self): return iter("rev")
c=C(); r=weakref.proxy(c); print(bytes(r), list(reversed(r)), isinstance(r, C), r.__class__)
from collections import OrderedDict
o = OrderedDict(a=1, b=2); o.move_to_end("a"); print(o, list(reversed(o)))
