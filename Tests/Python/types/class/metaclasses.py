# Metaclasses: __prepare__, __new__, __init__, __call__, conflicts, attributes on the metaclass.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class M(type):
    @classmethod
    def __prepare__(m, name, bases, **kw): print("prepare", name, kw); return {"prepared": True}
    def __new__(m, name, bases, ns, **kw): print("new", name, [k for k in ns if k[:2] != "__"]); return super().__new__(m, name, bases, ns)
    def __init__(cls, name, bases, ns, **kw): print("init", name); super().__init__(name, bases, ns)
    def __call__(cls, *a, **k): print("call", a, k); return super().__call__(*a, **k)
    def __len__(cls): return 42
    def __getattr__(cls, n): return "meta " + n
    def __iter__(cls): return iter("xy")
    def __contains__(cls, x): return x == 1
    def __getitem__(cls, k): return cls, k
    @property
    def mp(cls): return "meta property"
    def __repr__(cls): return f"<M {cls.__name__}>"
    def __instancecheck__(cls, o): return o == "yes"
    def __subclasscheck__(cls, c): return c is int
    def __or__(cls, o): return "or"
class A(metaclass=M, option=1):
    x = 1
    def __init__(self, v): self.v = v
print(A, A(5).v, len(A), A.missing, list(A), 1 in A, A[3], A.mp, isinstance("yes", A), issubclass(int, A), A | 1, A.prepared, type(A).__name__)
show('A(5).missing', lambda: A(5).missing)
show('A(5).mp', lambda: A(5).mp)
class B(A): pass
class N(type): pass
class O(metaclass=N): pass
show('M.__call__(B, 1).v', lambda: M.__call__(B, 1).v)
def conflict():
    class X(A, O): pass
show('conflict()', lambda: conflict())
def function_meta():
    class X(metaclass=lambda n, b, ns: (n, b, sorted(k for k in ns if k != "__firstlineno__"))): z = 1
    return X
show('function_meta()', lambda: function_meta())
def bad_prepare():
    class Q(type):
        @classmethod
        def __prepare__(m, n, b): return 5
    class X(metaclass=Q): pass
show('bad_prepare()', lambda: bad_prepare())
def noisy():
    class NS(dict):
        def __setitem__(self, k, v): print("store", k); super().__setitem__(k, v)
        def __getitem__(self, k): print("load", k); return super().__getitem__(k)
    class Q(type):
        @classmethod
        def __prepare__(m, n, b): return NS()
    class X(metaclass=Q):
        a = 1
        b = a
        len
show('noisy()', lambda: noisy())
def kw():
    class X(option=1): pass
show('kw()', lambda: kw())
show('type.__call__(type, 5), type.__new__(type, "T", (), {}).__name__', lambda: (type.__call__(type, 5), type.__new__(type, "T", (), {}).__name__))
show('type.__init__(A, 1)', lambda: type.__init__(A, 1))
show('type.__new__(int, "a", (), {})', lambda: type.__new__(int, "a", (), {}))
show('type.__new__(M)', lambda: type.__new__(M))
show('type("T", (A,), {}).__class__.__name__', lambda: type("T", (A,), {}).__class__.__name__)
show('isinstance(A, type), isinstance(M, type), type(M), type.__class__, issubclass(M, type)', lambda: (isinstance(A, type), isinstance(M, type), type(M), type.__class__, issubclass(M, type)))
