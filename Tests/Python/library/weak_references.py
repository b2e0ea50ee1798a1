# weakref: refs, callbacks, proxies, dictionaries and sets.
import gc
import weakref

def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class A:
    def __init__(self, n): self.n = n
    def __repr__(self): return f"A{self.n}"
    def hello(self): return "hello " + str(self.n)
a = A(1)
r = weakref.ref(a)
print(r() is a, r is weakref.ref(a), r == weakref.ref(a), weakref.getweakrefcount(a), hash(r) == hash(a), r.__callback__)
log = []
r2 = weakref.ref(a, lambda ref: log.append(ref is r2))
p = weakref.proxy(a)
print(p.n, p.hello(), p == a, type(p).__name__, bool(p))
p.n = 5
print(a.n, len(weakref.getweakrefs(a)))
m = weakref.WeakMethod(a.hello)
print(m()())
d, k, s = weakref.WeakValueDictionary(x=a), weakref.WeakKeyDictionary(), weakref.WeakSet()
k[a] = "v"; s.add(a)
print(len(d), len(k), len(s), d["x"], list(k.values()), a in s)
f = weakref.finalize(a, print, "finalized", 1)
print(f.alive)
del a
gc.collect()
print(r(), r2(), m(), log, len(d), len(k), len(s), f.alive)
show('p.n', lambda: p.n)
show('hash(r) == hash(r)', lambda: hash(r) == hash(r))
show('weakref.ref(5)', lambda: weakref.ref(5))
show('weakref.ref([])', lambda: weakref.ref([]))
show('weakref.ref()', lambda: weakref.ref())
class S: __slots__ = ("x",)
show('weakref.ref(S())', lambda: weakref.ref(S()))
class W: __slots__ = ("__weakref__",)
w = W()
show('weakref.ref(w)() is w', lambda: weakref.ref(w)() is w)
show('r == weakref.ref(w), type(r).__name__, r == r', lambda: (r == weakref.ref(w), type(r).__name__, r == r))
b = A(2); b.me = b
rb = weakref.ref(b, lambda _: print("callback"))
del b
gc.collect()
print(rb())
