# Decorators: stacks, classes, methods, arguments, arbitrary expressions.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def twice(f): return lambda *a: f(f(*a))
def tag(name):
    def deco(f):
        f.tag = getattr(f, "tag", "") + name
        return f
    return deco
@twice
@twice
def add(x): return x + 1
@tag("outer")
@tag("inner")
def tagged(): pass
@tag("class")
class C:
    @staticmethod
    def s(x): return x
    @classmethod
    def c(cls, x): return cls.__name__, x
    @property
    def p(self): return "p"
    @p.setter
    def p(self, v): print("set", v)
    @p.deleter
    def p(self): print("deleted")
    @(lambda f: "replaced")
    def r(self): pass
    @tag("m")
    def m(self): return self.m.tag
print(add(0), tagged.tag, C.tag, C.s(1), C.c(2), C().p, C.r, C().m())
c = C()
c.p = 5
del c.p
@(lambda f: print("decorating", f.__name__))
def printed(): pass
class Deco:
    def __init__(self, f): self.f = f
    def __call__(self, *a): return ("called",) + a + (self.f(*a),)
    def __get__(self, o, k): return lambda *a: ("bound", self.f(o, *a))
@Deco
def plain(x): return x * 2
class H:
    @Deco
    def m(self, x): return x
print(plain(4), H().m(3))
table = {"k": [tag("t")]}
@table["k"][0]
def t(): pass
@lambda f: 5
def five(): pass
@(x := tag("w"))
def w(): pass
print(t.tag, five, w.tag)
@staticmethod
@tag("sm")
def sm(a): return a
print(sm(1), sm.__wrapped__.tag, sm.__wrapped__.__name__, sm.__name__)
show('tag("q")(5)', lambda: tag("q")(5))
