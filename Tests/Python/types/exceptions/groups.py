# Exception groups: construction, split, subgroup, derive, str.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

E = ExceptionGroup
g = E("top", [ValueError(1), E("in", [TypeError(2), ValueError(3)]), KeyError("k")])
print(repr(g), str(g), g.message, g.exceptions, g.args)
for c in [ValueError, (TypeError, KeyError), E, lambda e: isinstance(e, KeyError), OSError, Exception, lambda e: True, lambda e: False]:
    print(attempt(g.subgroup, c), attempt(g.split, c))
for a in [(), ("m",), ("m", []), ("m", 5), (5, [ValueError()]), ("m", [5]), ("m", [ValueError]), ("m", (ValueError(),)), ("m", [KeyboardInterrupt()]), ("m", [ValueError()], 1), ("m", {ValueError()}), ("m", "ab")]:
    print(a if "{" not in repr(a) else "set", attempt(E, *a), attempt(BaseExceptionGroup, *a))
print(type(BaseExceptionGroup("m", [ValueError()])).__name__, type(BaseExceptionGroup("m", [KeyboardInterrupt()])).__name__, E.__mro__)
show('g.subgroup(5)', lambda: g.subgroup(5))
show('g.split((ValueError, 5))', lambda: g.split((ValueError, 5)))
show('g.split(int)', lambda: g.split(int))
show('g.derive([OSError()])', lambda: g.derive([OSError()]))
show('setattr(g, "message", "x")', lambda: setattr(g, "message", "x"))
class My(E):
    def __new__(cls, m, e, code=0):
        self = super().__new__(cls, m, e); self.code = code; return self
    def derive(self, e): return My(self.message, e, self.code)
m = My("my", [ValueError(1), TypeError(2)], 7)
m.add_note("noted")
a, b = m.split(ValueError)
print(type(a).__name__, a.code, a.__notes__, b.exceptions, type(m.subgroup(TypeError)).__name__, m.subgroup(lambda e: True) is m)
class Base(BaseExceptionGroup, ValueError): pass
print(attempt(Base, "m", [KeyboardInterrupt()]), attempt(Base, "m", [ValueError()]))
show('str(E("one", [ValueError()])), str(E("", [ValueError(), TypeError()])), repr(E("m", (ValueError(),)))', lambda: (str(E("one", [ValueError()])), str(E("", [ValueError(), TypeError()])), repr(E("m", (ValueError(),)))))
show('E[int]', lambda: E[int])
