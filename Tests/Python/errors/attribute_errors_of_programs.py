"""AttributeErrors that programs raise in __getattr__, __getattribute__, properties and metaclasses know the name and the object, and suggest."""
import copy
import types


class Namespace(types.SimpleNamespace):
    made = 0

    def __new__(cls):
        cls.made += 1
        return 5 if cls.made > 1 else super().__new__(cls)


try:
    copy.replace(Namespace())
except TypeError as error:
    print(error)

class A:
    blech = None
    def __getattr__(self, a): raise AttributeError("x")
class B:
    blech = None
    def __getattr__(self, a): raise AttributeError
class C:
    blech = None
    @property
    def p(self): raise AttributeError("in p")
class D:
    def __getattribute__(self, n): raise AttributeError(n)
class M(type):
    def __getattr__(cls, n): raise AttributeError("meta")
class E(metaclass=M): pass
class F(AttributeError): pass
class G:
    def __getattr__(self, n): raise F("sub")
class H:
    def __getattr__(self, n): raise AttributeError("own", name="mine")
for o, n in ((A(), "bluch"), (B(), "bluch"), (C(), "p"), (D(), "q"), (E, "r"), (G(), "s"), (H(), "t")):
    for _ in range(3):
        try: getattr(o, n)
        except AttributeError as e: r = (type(e).__name__, e.args, e.name, type(e.obj).__name__)
    print("getattr", r)
def direct():
    for o in (A(), B(), G(), H()):
        for _ in range(30):
            try: o.bluch
            except AttributeError as e: r = (type(e).__name__, e.args, e.name, type(e.obj).__name__)
        print("direct", r)
        for _ in range(30):
            try: o.bluch()
            except AttributeError as e: r = (type(e).__name__, e.args, e.name, type(e.obj).__name__)
        print("method", r)
direct()
for f in (lambda: setattr(A, "__abstractmethods__", 1) or None, lambda: super(A, A()).nope, lambda: (1).nope, lambda: int.nope, lambda: C().p, lambda: delattr(A(), "zz"), lambda: setattr(1, "zz", 1)):
    try: f()
    except AttributeError as e: print(e, e.name, type(e.obj).__name__)
print(hasattr(A(), "x"), getattr(A(), "x", 3))
try: A().bluch
except AttributeError as e:
    import traceback; traceback.print_exc()
B().bluch
