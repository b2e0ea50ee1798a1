# Private names in classes: attributes, methods, locals, parameters, nested classes, imports.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class A:
    __x = 1
    def __m(self): return "A.m"
    def get(self): return self.__x, self.__m(), A.__x
    def local(self):
        __v = 5
        def inner(): return __v
        return inner(), sorted(locals())
    def argument(self, __p): return __p
    def keyword(self, **kw): return kw
    def call(self): return self.keyword(__k=1)
    class __Inner:
        __y = 2
        def get(self): return self.__y
    def inner(self): return self.__Inner().get(), self.__Inner.__name__
    __dunder__ = 3
    ___ = 4
    def glob(self):
        global __g
        __g = 7
    def attribute(self, o): o.__z = 1; return vars(o)
    def strings(self): return getattr(self, "__x", "not mangled"), hasattr(self, "_A__x")
    def comp(self): return [__i for __i in range(2)]
class _B(A):
    __x = 10
    def own(self): return self.__x, self.get()
class __C:
    __x = 20
class ___: __q = 1
a = A()
print(a.get(), a.local(), a.argument(5), a.call(), a.inner(), A.__dunder__, A.___, a.strings(), a.comp(), _B().own())
a.glob()
class O: pass
print(_A__g, a.attribute(O()), [k for k in vars(A) if "A__" in k], [k for k in vars(_B) if "x" in k], [k for k in vars(__C) if "x" in k], ["__q" in vars(___)])
show('a.__x', lambda: a.__x)
show('a.argument(__p=5)', lambda: a.argument(__p=5))
show('a.argument(_A__p=6)', lambda: a.argument(_A__p=6))
show('A._A__m(a)', lambda: A._A__m(a))
