# Method resolution: diamonds, linearisation errors, super chains.
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

class A:
    def who(self): return "A"
    def chain(self): return ["A"]
class B(A):
    def who(self): return "B" + super().who()
    def chain(self): return ["B"] + super().chain()
class C(A):
    def who(self): return "C" + super().who()
    def chain(self): return ["C"] + super().chain()
class D(B, C):
    def who(self): return "D" + super().who()
    def chain(self): return ["D"] + super().chain()
print(D().who(), D().chain(), [k.__name__ for k in D.__mro__], D.mro() == list(D.__mro__), D.__bases__, D.__base__.__name__, [k.__name__ for k in A.__subclasses__()])
show('type("X", (A, B), {})', lambda: type("X", (A, B), {}))
show('type("X", (B, A), {}).__mro__[1:] == B.__mro__', lambda: type("X", (B, A), {}).__mro__[1:] == B.__mro__)
class E(C, B): pass
show('type("X", (D, E), {})', lambda: type("X", (D, E), {}))
show('type("X", (object, A), {})', lambda: type("X", (object, A), {}))
show('type("X", (int, str), {})', lambda: type("X", (int, str), {}))
show('type("X", (A, int), {})(5)', lambda: type("X", (A, int), {})(5))
show('type("X", (A, A), {})', lambda: type("X", (A, A), {}))
print(super(B, D()).who(), super(D, D).who(D()), super(A, D()).__thisclass__.__name__)
show('super(B, A())', lambda: super(B, A()))
show('super(C, D()).nothing', lambda: super(C, D()).nothing)
show('super(B, D).chain.__qualname__', lambda: super(B, D).chain.__qualname__)
def reassign():
    D.__bases__ = (C, B)
    return D().who(), [k.__name__ for k in D.__mro__]
show('reassign()', lambda: reassign())
show('setattr(D, "__bases__", ())', lambda: setattr(D, "__bases__", ()))
show('setattr(D, "__bases__", (int,))', lambda: setattr(D, "__bases__", (int,)))
show('setattr(D, "__bases__", 5)', lambda: setattr(D, "__bases__", 5))
show('setattr(A, "__bases__", (D,))', lambda: setattr(A, "__bases__", (D,)))
show('setattr(int, "__bases__", ())', lambda: setattr(int, "__bases__", ()))
class M(type):
    def mro(cls): return [cls, object]
class N(A, metaclass=M): pass
print(N.__mro__ == (N, object), attempt(lambda: N().who()), N.__bases__ == (A,))
class Bad(type):
    def mro(cls): return [5]
show('Bad("X", (), {})', lambda: Bad("X", (), {}))
