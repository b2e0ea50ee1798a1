# functools: partial, reduce, lru_cache, wraps, singledispatch, total_ordering, cached_property.
import functools as ft

def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

p = ft.partial(int, base=2)
print(p("101"), p.func, p.args, p.keywords, ft.partial(p, "11")(), ft.reduce(lambda a, b: a * b, [1, 2, 3], 10))
show('ft.reduce(max, [])', lambda: ft.reduce(max, []))
show('ft.partial()', lambda: ft.partial())
show('ft.partial(5)', lambda: ft.partial(5))
@ft.lru_cache(maxsize=2)
def f(x): print("call", x); return x * 2
print(f(1), f(1), f(2), f(3), f(1), f.cache_info(), f.cache_clear(), f.__wrapped__(9))
show('f([])', lambda: f([]))
@ft.wraps(len)
def w(): pass
print(w.__name__, w.__wrapped__ is len)
@ft.singledispatch
def s(x): return "object"
@s.register
def _(x: int): return "int"
@s.register(list)
def _(x): return "list"
print(s(1), s(True), s([]), s("x"), s.dispatch(bool).__name__)
@ft.total_ordering
class T:
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == o.v
    def __lt__(self, o): return self.v < o.v
print(T(1) <= T(1), T(2) > T(1), T(1) >= T(2))
class C:
    @ft.cached_property
    def v(self): print("computed"); return 5
c = C()
print(c.v, c.v, vars(c), sorted([3, 1, 2], key=ft.cmp_to_key(lambda a, b: b - a)))
class M:
    def m(self, a, b): return a, b
    pm = ft.partialmethod(m, 1)
print(M().pm(2), ft.partial(M().m, ft.Placeholder, 5)(3))
