# What class bodies see and leave: scopes, docstrings, __qualname__, deletion, loops, nested classes.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def run(source, mode="exec"):
    print(repr(source))
    try:
        exec(compile(source, "<text>", mode), {"__name__": "text"})
    except SyntaxError as error:
        print("   ", type(error).__name__, error.msg, (error.lineno, error.offset, error.end_lineno, error.end_offset), repr(error.text))
    except BaseException as error:
        print("   ", type(error).__name__ + ":", error)

class A:
    "The docstring."
    print(__name__, __qualname__, __module__, sorted(k for k in locals() if not k.startswith("__")), __firstlineno__)
    x = 1
    for i in range(3): pass
    if x: y = "conditional"
    del i
    class B:
        z = "inner"
        class C: pass
        def m(self): pass
    def method(self): return __class__.__name__
    lam = lambda self: 5
    x += 1
    try:
        z = B.z
        x.missing
    except AttributeError as e:
        caught = str(e)
    __private = 3
    def get(self): return self.__private
    __dunder__ = 4
    print(x, y, z, "e" in locals())
print(A.__doc__, A.B.C.__qualname__, A.B.m.__qualname__, A.lam.__qualname__, A().method(), A.x, A.caught, A._A__private, A().get(), A.__dunder__, [k for k in vars(A) if not k.startswith("__")])
def f():
    class Local:
        def m(self):
            def inner(): pass
            return inner
    return Local
print(f().__qualname__, f().m.__qualname__, f()().m().__qualname__)
class Q:
    __qualname__ = "Renamed"
    __module__ = "elsewhere"
    __doc__ = 5
print(Q, Q.__qualname__, Q.__name__, Q.__doc__)
x = "global"
class S:
    print(x)
    x = "class"
    print(x)
    del x
    print(x)
def outer():
    x = "outer"
    class S:
        print(x)
        x = "class"
        print(x)
        del x
        try: print(x)
        except NameError as e: print(e)
outer()
def bad():
    class T:
        __qualname__ = 5
show('bad()', lambda: bad())
def slots():
    class T:
        __slots__ = ("a",)
        a = 1
show('slots()', lambda: slots())
def body():
    class T:
        raise KeyError("in the body")
show('body()', lambda: body())
class Empty: ...
class Pass: pass; y = 2
class Doc(object,): """doc"""
print(Empty.__doc__, Pass.y, Doc.__doc__, Empty.__bases__, Empty.__module__, Empty.__dict__.keys() >= {"__module__"}, A.__firstlineno__, A.__static_attributes__)
for source in ["class", "class A(", "class A: x = ", "class A(*): pass", "class 5: pass", "class A(x for x in y): pass", "class A(x=1, x=2): pass", "class A(1): pass", "class A(metaclass=5): pass", "class A(unknown=1): pass", "class A:\npass", "class A:\n return 1", "class A: yield 1", "class A(object, object): pass", "class A: break", "class A: await x", "class A(*[1, 2]): pass", "class A(**{'metaclass': type}): pass", "class A.b: pass"]:
    run(source)
