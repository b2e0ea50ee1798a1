# Default repr, equality, hash, ordering, format, dir of own classes.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class A: pass
class B:
    def __repr__(self): return "B!"
class C:
    def __str__(self): return "C-str"
    def __repr__(self): return "C-repr"
a = A()
print(repr(a).startswith("<__main__.A object at 0x"), str(B()), f"{C()} {C()!r}", a == a, a != A(), a == A(), hash(a) == hash(a), repr(A), str(A), repr(int), [A], format(C()), "%s %r" % (C(), C()), [C()], {"k": C()})
show('a < A()', lambda: a < A())
show('sorted([A(), A()])', lambda: sorted([A(), A()]))
show('format(a, "x")', lambda: format(a, "x"))
show('a.__lt__(a), a.__eq__(a), a.__eq__(5), a.__ne__(a), a.__ne__(A())', lambda: (a.__lt__(a), a.__eq__(a), a.__eq__(5), a.__ne__(a), a.__ne__(A())))
class E:
    def __eq__(self, o): return "equal"
show('E() == 1, 1 == E(), E() != 1, E() in [5], [E()] == [1]', lambda: (E() == 1, 1 == E(), E() != 1, E() in [5], [E()] == [1]))
class L:
    def __lt__(self, o): return "lt"
show('L() < 1, 1 > L()', lambda: (L() < 1, 1 > L()))
show('1 < L()', lambda: 1 < L())
show('max(L(), L()) and 1', lambda: max(L(), L()) and 1)
class N:
    def __eq__(self, o): return NotImplemented
    def __ne__(self, o): return "ne"
show('N() == N(), N() != 1, 1 != N()', lambda: (N() == N(), N() != 1, 1 != N()))
print([n for n in dir(A) if n not in dir(object)], [n for n in dir(a) if n not in dir(object)], sorted(vars(A)))
class Dir:
    def __dir__(self): return ["z", "a"]
class BadDir:
    def __dir__(self): return 5
show('dir(Dir())', lambda: dir(Dir()))
show('dir(BadDir())', lambda: dir(BadDir()))
class F:
    def __format__(self, spec): return 5
show('format(F())', lambda: format(F()))
class S:
    def __sizeof__(self): return -1
show('S().__sizeof__(), A.__name__, A.__module__, setattr(A, "__name__", "Renamed"), A.__name__, A, A.__qualname__', lambda: (S().__sizeof__(), A.__name__, A.__module__, setattr(A, "__name__", "Renamed"), A.__name__, A, A.__qualname__))
show('setattr(A, "__name__", 5)', lambda: setattr(A, "__name__", 5))
show('setattr(A, "__name__", "nul\\0")', lambda: setattr(A, "__name__", "nul\0"))
show('setattr(A, "__qualname__", 5)', lambda: setattr(A, "__qualname__", 5))
show('setattr(int, "__name__", "x")', lambda: setattr(int, "__name__", "x"))
show('delattr(A, "__name__")', lambda: delattr(A, "__name__"))
show('setattr(A, "__doc__", "new doc"), A.__doc__', lambda: (setattr(A, "__doc__", "new doc"), A.__doc__))
show('A.__dict__.__class__.__name__, A.__dict__.get("x"), A.__weakrefoffset__ > 0, A.__flags__ > 0, A.__basicsize__ > 0', lambda: (A.__dict__.__class__.__name__, A.__dict__.get("x"), A.__weakrefoffset__ > 0, A.__flags__ > 0, A.__basicsize__ > 0))
show('A.__dict__.update({})', lambda: A.__dict__.update({}))
show('A.__dict__["x"]', lambda: A.__dict__["x"])
