# property: getter, setter, deleter, docs, errors, names.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class A:
    def __init__(self): self._v = 1
    @property
    def v(self): "getter doc"; return self._v
    @v.setter
    def v(self, x): self._v = x
    @v.deleter
    def v(self): del self._v
    ro = property(lambda self: "read only")
    wo = property(None, lambda self, x: print("wrote", x))
    nothing = property(doc="only a doc")
    full = property(fget=lambda s: 1, fset=None, fdel=lambda s: print("del"), doc="D")
a = A()
a.v = 5
print(a.v, A.v.__doc__, A.v.__name__, A.full.__doc__, type(A.v).__name__, A.v.fget(a), A.ro.fset, A.nothing.__doc__, A.v.__isabstractmethod__)
a.wo = 3
del a.full
del a.v
show('a.v', lambda: a.v)
show('setattr(a, "ro", 1)', lambda: setattr(a, "ro", 1))
show('delattr(a, "ro")', lambda: delattr(a, "ro"))
show('a.wo', lambda: a.wo)
show('a.nothing', lambda: a.nothing)
show('setattr(a, "nothing", 1)', lambda: setattr(a, "nothing", 1))
show('setattr(a, "full", 2)', lambda: setattr(a, "full", 2))
show('setattr(A.v, "fget", 1)', lambda: setattr(A.v, "fget", 1))
show('setattr(A.v, "__doc__", "new"), A.v.__doc__', lambda: (setattr(A.v, "__doc__", "new"), A.v.__doc__))
show('property(5).__get__(a)', lambda: property(5).__get__(a))
show('property(len).__get__([1, 2])', lambda: property(len).__get__([1, 2]))
show('property(len).__get__(None) is not None', lambda: property(len).__get__(None) is not None)
show('property(len).__set__([1], 2)', lambda: property(len).__set__([1], 2))
show('property().getter(len).fget is len', lambda: property().getter(len).fget is len)
class B(A):
    @A.v.getter
    def v(self): return "B" + str(self._v)
    @property
    def ro(self): return super().ro + "!"
b = B()
b.v = 7
print(b.v, b.ro)
class P(property):
    "sub doc"
class C:
    @P
    def x(self): "x doc"; return 1
print(C().x, C.x.__doc__, isinstance(C.__dict__["x"], property))
A.v = 5
print(a.v)
