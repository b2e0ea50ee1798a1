# Annotations of functions, classes and modules are evaluated when they are asked for.
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

def f(a: undefined, b: int = 1, *c: print("star"), **d: "text") -> 1 / 0: return a
print(f(5))
show('f.__annotations__', lambda: f.__annotations__)
undefined = str
show('f.__annotations__', lambda: f.__annotations__)
def g(a: (lambda: int)(), b: [x for x in range(2)]) -> None: pass
print(g.__annotations__, g.__annotations__ is g.__annotations__, g.__annotate__(1), f.__annotate__ is not None)
show('g.__annotate__(3)', lambda: g.__annotate__(3))
show('g.__annotate__(2)', lambda: g.__annotate__(2))
class C:
    x: int
    y: later = 5
    __z: str = "m"
    def m(self, q: x) -> "C": pass
    if True: cond: bool
    (paren): float = 1
show('C.__annotations__', lambda: C.__annotations__)
later = list
show('C.__annotations__', lambda: C.__annotations__)
print(hasattr(C, "x"), C.y, "__annotations__" in vars(C), C.__annotate__(1), attempt(lambda: C.m.__annotations__))
m: int = 3
n: undefined_thing
print(m, attempt(lambda: n), "__annotate__" in globals() or "__annotations__" in globals())
def local():
    v: undefined_local = 1
    w: int
    try: return v, w
    except UnboundLocalError as e: return str(e)
print(local(), local.__annotations__)
show('setattr(g, "__annotations__", None), g.__annotations__', lambda: (setattr(g, "__annotations__", None), g.__annotations__))
show('delattr(g, "__annotate__")', lambda: delattr(g, "__annotate__"))
class D(C): pass
print(D.__annotations__)
d = {}
d["k"]: int = 5
print(d)
def order(): print("target"); return d
order()["z"]: print("never") = print("value")
