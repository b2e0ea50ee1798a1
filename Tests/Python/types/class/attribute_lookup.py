# Data descriptors, instance attributes, other descriptors, __getattr__ and __getattribute__ in order.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class Data:
    def __get__(self, o, k): return "data" if o is not None else "class access"
    def __set__(self, o, v): print("data set", v)
    def __delete__(self, o): print("data delete")
class Plain:
    def __get__(self, o, k): return "plain"
class Raising:
    def __get__(self, o, k): raise AttributeError("from descriptor")
    def __set__(self, o, v): raise AttributeError("read only")
class SetOnly:
    def __set__(self, o, v): o.__dict__["so"] = v * 2
class A:
    d, p, r, so = Data(), Plain(), Raising(), SetOnly()
    def __getattr__(self, n):
        if n.startswith("x"): raise AttributeError("no " + n)
        return "fallback " + n
a = A()
a.__dict__.update(d="instance d", p="instance p")
print(a.d, a.p, a.r, a.zzz, A.d, A.p, type(a.so).__name__)
a.d = 1; a.p = 2; a.so = 4
del a.d
print(a.__dict__, a.so)
show('a.x', lambda: a.x)
show('A.x', lambda: A.x)
show('setattr(a, "r", 1)', lambda: setattr(a, "r", 1))
show('delattr(a, "so"), delattr(a, "nope")', lambda: (delattr(a, "so"), delattr(a, "nope")))
show('hasattr(a, "x1"), hasattr(a, "q"), getattr(a, "x2", "default")', lambda: (hasattr(a, "x1"), hasattr(a, "q"), getattr(a, "x2", "default")))
class G:
    y = 1
    def __getattribute__(self, n):
        print("get", n, end=" ")
        if n == "boom": raise KeyError("not an AttributeError")
        return object.__getattribute__(self, n)
    def __getattr__(self, n): print("fallback", end=" "); return n
g = G()
print(g.y, g.z)
show('g.boom', lambda: g.boom)
show('getattr(g, "boom", 1)', lambda: getattr(g, "boom", 1))
show('hasattr(g, "boom")', lambda: hasattr(g, "boom"))
class S:
    def __setattr__(self, n, v): print("setattr", n, v); object.__setattr__(self, n, v)
    def __delattr__(self, n): print("delattr", n); object.__delattr__(self, n)
s = S()
s.a = 1
s.a += 1
del s.a
show('delattr(s, "a")', lambda: delattr(s, "a"))
show('setattr(s, 5, 1)', lambda: setattr(s, 5, 1))
show('object.__setattr__(s, 5, 1)', lambda: object.__setattr__(s, 5, 1))
show('getattr(s, "a" * 3)', lambda: getattr(s, "a" * 3))
show('vars(s), s.__dict__, setattr(s, "__dict__", {"k": 1}), s.k', lambda: (vars(s), s.__dict__, setattr(s, "__dict__", {"k": 1}), s.k))
show('s.__class__.__name__, S.__dict__["__setattr__"].__name__', lambda: (s.__class__.__name__, S.__dict__["__setattr__"].__name__))
