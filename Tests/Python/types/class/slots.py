# __slots__: storage, errors, inheritance, __dict__ and weak references.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class A:
    __slots__ = ("x", "y", "__private")
    def __init__(self): self.x = 1; self.__private = 3
    def p(self): return self.__private
a = A()
print(a.x, a.p(), A.__slots__, type(A.x).__name__, A.x.__get__(a), A.x.__name__, hasattr(a, "__dict__"), hasattr(a, "__weakref__"))
show('a.y', lambda: a.y)
show('setattr(a, "z", 1)', lambda: setattr(a, "z", 1))
show('delattr(a, "x"), hasattr(a, "x")', lambda: (delattr(a, "x"), hasattr(a, "x")))
show('delattr(a, "x")', lambda: delattr(a, "x"))
show('A.x.__get__(5)', lambda: A.x.__get__(5))
show('A.x.__set__(a, 9), a.x', lambda: (A.x.__set__(a, 9), a.x))
class B(A): pass
class C(A): __slots__ = ("w",)
class D(A): __slots__ = "single"
class E: __slots__ = ["d", "__dict__"]
class F: __slots__ = {"doc": "documented"}
b = B(); b.new = 1
c = C(); c.w = 2
e = E(); e.anything = 5; e.d = 1
print(b.__dict__, c.w, hasattr(c, "__dict__"), D.single.__name__, e.__dict__, F.__slots__, F.doc.__doc__)
show('type("X", (), {"__slots__": ("a b",)})', lambda: type("X", (), {"__slots__": ("a b",)}))
show('type("X", (), {"__slots__": (5,)})', lambda: type("X", (), {"__slots__": (5,)}))
show('type("X", (), {"__slots__": 5})', lambda: type("X", (), {"__slots__": 5}))
show('type("X", (), {"__slots__": ("a",), "a": 1})', lambda: type("X", (), {"__slots__": ("a",), "a": 1}))
show('type("X", (int,), {"__slots__": ("a",)})', lambda: type("X", (int,), {"__slots__": ("a",)}))
show('type("X", (tuple,), {"__slots__": ("a",)})', lambda: type("X", (tuple,), {"__slots__": ("a",)}))
show('type("X", (int,), {"__slots__": ()})(5)', lambda: type("X", (int,), {"__slots__": ()})(5))
show('type("X", (list,), {"__slots__": ("a",)})([1])', lambda: type("X", (list,), {"__slots__": ("a",)})([1]))
show('type("X", (A, C), {})', lambda: type("X", (A, C), {}))
show('type("X", (C, D), {})', lambda: type("X", (C, D), {}))
show('type("X", (C, A), {"__slots__": ()}).__mro__[1].__name__', lambda: type("X", (C, A), {"__slots__": ()}).__mro__[1].__name__)
show('type("X", (), {"__slots__": ("__dict__", "__dict__")})', lambda: type("X", (), {"__slots__": ("__dict__", "__dict__")}))
show('type("X", (B,), {"__slots__": ("__dict__",)})', lambda: type("X", (B,), {"__slots__": ("__dict__",)}))
class G: __slots__ = ("v",)
class H: __slots__ = ("v",)
class I: __slots__ = ("v", "w")
g = G(); g.v = 4
g.__class__ = H
print(g.v, type(g).__name__)
show('setattr(g, "__class__", I)', lambda: setattr(g, "__class__", I))
show('setattr(g, "__class__", int)', lambda: setattr(g, "__class__", int))
show('setattr(g, "__class__", 5)', lambda: setattr(g, "__class__", 5))
show('setattr(5, "__class__", bool)', lambda: setattr(5, "__class__", bool))
show('setattr(b, "__class__", A)', lambda: setattr(b, "__class__", A))
class J(B): pass
b.__class__ = J
print(type(b).__name__, b.new)
