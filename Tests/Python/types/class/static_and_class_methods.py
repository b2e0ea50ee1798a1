# staticmethod and classmethod: binding, inheritance, wrapping, attributes.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class A:
    @staticmethod
    def s(*a): return a
    @classmethod
    def c(cls, *a): return cls.__name__, a
    raw_s = staticmethod(len)
    raw_c = classmethod(lambda cls: cls)
class B(A): pass
print(A.s(1), A().s(2), B.c(3), B().c(4), A.raw_s("abc"), B.raw_c() is B, type(A.__dict__["s"]).__name__, A.__dict__["s"].__func__(7), A.__dict__["c"].__wrapped__.__name__, A.c.__self__ is A, A.c.__func__.__name__, A.__dict__["s"](5))
show('A.__dict__["c"]("x")', lambda: A.__dict__["c"]("x"))
show('staticmethod()', lambda: staticmethod())
show('classmethod()', lambda: classmethod())
show('staticmethod(5).__get__(None, A)', lambda: staticmethod(5).__get__(None, A))
show('classmethod(5).__get__(None, A)()', lambda: classmethod(5).__get__(None, A)())
show('classmethod(5).__get__(None, A)', lambda: classmethod(5).__get__(None, A))
show('classmethod(len).__get__("abc")()', lambda: classmethod(len).__get__("abc")())
show('staticmethod(len).__get__(None)("ab")', lambda: staticmethod(len).__get__(None)("ab"))
show('repr(staticmethod(len)), repr(classmethod(int))', lambda: (repr(staticmethod(len)), repr(classmethod(int))))
show('A.c.__get__(5)(6)', lambda: A.c.__get__(5)(6))
sm = staticmethod(len)
sm.x = 5
print(sm.x, sm.__name__, sm.__doc__[:6], sm("abc"))
class C:
    @classmethod
    def make(cls, v):
        o = cls.__new__(cls)
        o.v = v
        return o
    def __init_subclass__(cls): cls.flag = True
    def __class_getitem__(cls, i): return i
class D(C): pass
print(D.make(3).v, D.flag, D[5], C.__dict__["__init_subclass__"].__class__.__name__, C.__dict__["__class_getitem__"].__class__.__name__)
class E:
    __new__ = lambda cls: object.__new__(cls)
    def f(): return "no self"
print(type(E()).__name__, E.f())
show('E().f()', lambda: E().f())
