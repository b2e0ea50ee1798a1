# A class attribute whose class becomes a descriptor later; caches that knew it as a plain value must ask again.
class D: pass
class A:
    d = D()
    def __init__(self): self.e = 5
    e = D()
def f(a): return a.d
def g(a): return a.e
def h(): return A.d
def m(a):
    try: return a.d()
    except TypeError as e: return str(e)
def s(a): a.e = 6
for k in range(2):
    a = A()
    for i in range(80): r = (f(a), g(a), h(), m(a)); s(a)
    print([type(x).__name__ for x in r], a.e)
D.__get__ = lambda self, o, t: ('got', o is None)
a = A(); print(f(a), g(a), h(), m(a))
D.__set__ = lambda self, o, v: print('set', v)
s(a); print(g(a)); A().e
del D.__set__, D.__get__
s(a); print(type(f(a)).__name__, g(a), type(h()).__name__)
D.__call__ = lambda self, *a: 'called'
print(m(a), m(a))
