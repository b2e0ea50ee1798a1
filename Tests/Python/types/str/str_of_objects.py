# str() of objects, with __str__, __repr__, bytes and encodings.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class S:
    def __str__(self): return "S-str"
class R:
    def __repr__(self): return "R-repr"
class Both(R):
    def __str__(self): return "Both-str"
class Bad:
    def __str__(self): return 5
class BadRepr:
    def __repr__(self): return None
class Raise:
    def __str__(self): raise ValueError("no text")
class Sub(str):
    def __str__(self): return "Sub-str"
class Ret:
    def __str__(self): return Sub("inner")
show('str(), str(""), str("a"), str(5), str(None), str([1, "a"]), str(b"a"), str(b"abc", "ascii"), str(b"\\xc3\\xa9", "utf-8"), str(bytearray(b"x"), "latin-1"), str(memoryview(b"m"), "ascii")', lambda: (str(), str(""), str("a"), str(5), str(None), str([1, "a"]), str(b"a"), str(b"abc", "ascii"), str(b"\xc3\xa9", "utf-8"), str(bytearray(b"x"), "latin-1"), str(memoryview(b"m"), "ascii")))
show('str(S()), str(R()), str(Both()), repr(Both()), f"{Both()}", f"{Both()!r}", "%s %r" % (Both(), Both())', lambda: (str(S()), str(R()), str(Both()), repr(Both()), f"{Both()}", f"{Both()!r}", "%s %r" % (Both(), Both())))
show('str(Bad())', lambda: str(Bad()))
show('repr(BadRepr())', lambda: repr(BadRepr()))
show('str(BadRepr())', lambda: str(BadRepr()))
show('str(Raise())', lambda: str(Raise()))
show('print(Raise())', lambda: print(Raise()))
show('str(Sub("x")), type(str(Sub("x"))), repr(Sub("x")), type(str(Ret())), str(Ret()), Sub("x") + "y", f"{Sub(\'x\')}", "%s" % Sub("x")', lambda: (str(Sub("x")), type(str(Sub("x"))), repr(Sub("x")), type(str(Ret())), str(Ret()), Sub("x") + "y", f"{Sub('x')}", "%s" % Sub("x")))
show('str(b"\\xff", "ascii")', lambda: str(b"\xff", "ascii"))
show('str(b"\\xff", "ascii", "replace")', lambda: str(b"\xff", "ascii", "replace"))
show('str(b"\\xff", errors="ignore")', lambda: str(b"\xff", errors="ignore"))
show('str(b"a", encoding="nope")', lambda: str(b"a", encoding="nope"))
show('str("a", "ascii")', lambda: str("a", "ascii"))
show('str(5, "ascii")', lambda: str(5, "ascii"))
show('str(object=7), str(object=b"a", encoding="ascii", errors="strict")', lambda: (str(object=7), str(object=b"a", encoding="ascii", errors="strict")))
show('str(1, 2, 3, 4)', lambda: str(1, 2, 3, 4))
show('str(b"a", 1)', lambda: str(b"a", 1))
show('str(obj=1)', lambda: str(obj=1))
