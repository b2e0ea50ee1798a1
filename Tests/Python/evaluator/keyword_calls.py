# Calls with keywords from one site: order, defaults, keyword-only parameters, methods, functions that change, errors; super() in loops.
def t(f, *a):
    try: print(f(*a))
    except Exception as e: print(type(e).__name__, e)
def f(a, b=2, c=3): return a, b, c
def g(a, /, b, *, c, d=4): return a, b, c, d
def h(a, *r, k=1, **kw): return a, r, k, kw
class C:
    def m(self, x, y=5, *, z=6): return x, y, z
    @classmethod
    def cm(cls, x=1, y=2): return cls.__name__, x, y
    @staticmethod
    def sm(x=1, y=2): return x, y
    def __init__(self, p=1, q=2): self.p, self.q = p, q
for i in range(40):
    if i in (0, 20, 39): show = print
    else: show = lambda *a: None
    show(f(a=1, b=2, c=3), f(c=1, b=2, a=3), f(1, c=9), f(1, b=[i]), f(c=5, a=[i]))
    show(g(1, 2, c=3), g(1, c=3, b=2), g(1, d=1, c=2, b=[3]), h(1, 2, k=3, z=4), h(a=1))
    o = C()
    show(o.m(1, z=2), o.m(x=1, z=2), o.m(1, y=2, z=3), o.m(y=1, x=2, z=3), C.m(o, 1, z=7), C.m(x=1, self=o, z=3))
    show(o.cm(y=3), C.cm(x=[i]), C.sm(y=3), o.sm(x=4), C(q=7).q, C(3, q=4).p)
def site(fn, **k): return fn(1, b=2)
def site2(fn): return fn(1, b=k)
k = [5]
for i in range(100):
    def fresh(a, b, c=i): return a, b, c
    r = site2(fresh)
print(r)
for i in range(10): t(site2, f)
f.__defaults__ = (7, 8)
t(site2, f)
f.__defaults__ = None
t(site2, f)
f.__defaults__ = (7, 8)
t(site2, f)
f.__code__ = (lambda a, c, b: ('new', a, c, b)).__code__
t(site2, f)
t(site2, g)
t(site2, print)
t(site2, lambda a: a)
t(site2, lambda a, b, *, z: a)
t(site2, lambda b, a: a)
t(site2, lambda b: a)
def many(a=0, b=1, c=2, d=3, e=4, f=5, g=6, h=7, i=8, j=9): return a, b, c, d, e, f, g, h, i, j
for i in range(5): print(many(j=1, i=2, h=3, g=4, f=5, e=6, d=7, c=8), many(j=1, i=2, h=3, g=4, f=5, e=6, d=7, c=8, b=9), many(b=[1]))
def gen(a, b=1): yield a; yield b
for i in range(5): print(list(gen(b=[i], a=2)))
def rec(n, acc=0): return acc if n == 0 else rec(acc=acc + n, n=n - 1)
print(rec(500))
class A:
    def who(self, n=1): return 'A', n
    @classmethod
    def make(cls): return 'A.make', cls.__name__
    @property
    def prop(self): return 'A.prop'
class B(A):
    def who(self, n=1): return ('B',) + super().who(n=n)
    @classmethod
    def make(cls): return ('B',) + super().make()
    @property
    def prop(self): return 'B' + super().prop
class M:
    def who(self, n=1): return ('M',) + super().who(n)
class D(B, M, A):
    def who(self, n=1): return ('D',) + super().who(n)
class E(M, A): pass
for i in range(6):
    for cls in (A, B, D, E): print(cls().who(i), end=' ')
    print(D.make(), D().prop)
    if i == 2: A.who = lambda self, n=1: ('A2', n)
    if i == 3: M.who = lambda self, n: ('M2', n)
    if i == 4: del M.who
def old(self):
    return super(B, self).who()
t(old, B()); t(old, D()); t(old, A()); t(old, 5)
d = {}
for i in range(3): print(d.get(1), d.get(1, 2), d.setdefault(3), d.pop(9, None), 'a b'.split(), 'a,b'.split(','), max(1, 2), min([3, 1]), int('5'), sorted([3, 1]), isinstance(1, int), len('abc'))
t(lambda: d.get()); t(lambda: d.get(1, 2, 3)); t(lambda: d.pop(77)); t(lambda: len()); t(lambda: [].append()); t(lambda: isinstance(1)); t(lambda: 'a'.split(1)); t(lambda: d.get([]))
