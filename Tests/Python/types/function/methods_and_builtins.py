# Bound methods, built-in functions and method descriptors: attributes, equality, calls, errors.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class A:
    def m(self, x=1): "doc"; return x
    def __eq__(self, o): return True
    def __hash__(self): return 1
a, b = A(), A()
print(a.m(5), a.m.__self__ is a, a.m.__func__ is A.m, a.m.__name__, a.m.__doc__, a.m == a.m, a.m is a.m, a.m == b.m, hash(a.m) == hash(a.m), A.m(a), a.m.__qualname__)
show('a.m.x', lambda: a.m.x)
show('setattr(a.m, "x", 1)', lambda: setattr(a.m, "x", 1))
show('A.m()', lambda: A.m())
show('a.m(1, 2)', lambda: a.m(1, 2))
show('a.m(self=1)', lambda: a.m(self=1))
Method = type(a.m)
show('Method(len, "abc")(), Method(lambda *a: a, 1)(2, 3)', lambda: (Method(len, "abc")(), Method(lambda *a: a, 1)(2, 3)))
show('Method(5, 1)', lambda: Method(5, 1))
show('Method(len, None)', lambda: Method(len, None))
show('Method(len)', lambda: Method(len))
show('[].append.__self__, [].append.__name__, [].append.__qualname__, len.__name__, len.__self__.__name__, len.__module__, [].append.__module__, str.upper.__objclass__, str.upper.__name__, str.upper.__qualname__', lambda: ([].append.__self__, [].append.__name__, [].append.__qualname__, len.__name__, len.__self__.__name__, len.__module__, [].append.__module__, str.upper.__objclass__, str.upper.__name__, str.upper.__qualname__))
show('[].append == [].append, (x := []).append == x.append, len == len, str.upper("a"), str.upper is str.upper', lambda: ([].append == [].append, (x := []).append == x.append, len == len, str.upper("a"), str.upper is str.upper))
show('str.upper(5)', lambda: str.upper(5))
show('str.upper()', lambda: str.upper())
show('list.append([1])', lambda: list.append([1]))
show('list.append(1, 2)', lambda: list.append(1, 2))
show('int.__add__("a", 1)', lambda: int.__add__("a", 1))
show('dict.get({}, 1, 2, 3)', lambda: dict.get({}, 1, 2, 3))
show('len()', lambda: len())
show('len([], [])', lambda: len([], []))
show('len(obj=[])', lambda: len(obj=[]))
show('"a".join()', lambda: "a".join())
show('repr(len), repr(str.upper), repr(int.__add__), repr(int.real), repr(dict.fromkeys)[:31], repr((1).__add__)[:29]', lambda: (repr(len), repr(str.upper), repr(int.__add__), repr(int.real), repr(dict.fromkeys)[:31], repr((1).__add__)[:29]))
show('int.__add__.__get__(5)(6), str.upper.__get__("q")(), str.upper.__get__(None, str) is str.upper', lambda: (int.__add__.__get__(5)(6), str.upper.__get__("q")(), str.upper.__get__(None, str) is str.upper))
show('str.upper.__get__(5)', lambda: str.upper.__get__(5))
show('type(len).__name__, type(str.upper).__name__, type(int.__add__).__name__, type((1).__add__).__name__, type(int.real).__name__, type(dict.__dict__["fromkeys"]).__name__, type(type.__dict__["__dict__"]).__name__', lambda: (type(len).__name__, type(str.upper).__name__, type(int.__add__).__name__, type((1).__add__).__name__, type(int.real).__name__, type(dict.__dict__["fromkeys"]).__name__, type(type.__dict__["__dict__"]).__name__))
show('type(len)()', lambda: type(len)())
show('type(str.upper)()', lambda: type(str.upper)())
show('len.__text_signature__, str.upper.__text_signature__, isinstance(len.__doc__, str)', lambda: (len.__text_signature__, str.upper.__text_signature__, isinstance(len.__doc__, str)))
class B:
    c = len
    s = str.upper
    l = lambda self, *a: a
    i = int
show('B().c("ab"), B().l(1), B().i("5")', lambda: (B().c("ab"), B().l(1), B().i("5")))
show('B().s()', lambda: B().s())
show('B().s("x")', lambda: B().s("x"))
