# A subclass of str: what keeps the subclass and what falls back.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class S(str):
    def __new__(cls, value, extra=None):
        self = super().__new__(cls, value)
        self.extra = extra
        return self
    def __add__(self, other): return S(str(self) + other, "added")
    def upper(self): return S(super().upper())
s = S("abc", 5)
print(s, s.extra, type(s + "d"), (s + "d").extra, type("d" + s), type(s.upper()), type(s.lower()), type(s[0]), type(s * 2), type(s[:]), s == "abc", hash(s) == hash("abc"), {"abc": 1}[s], s in {"abc"}, len(s), s.__dict__)
print(type("".join([s])), type("%s" % s), type(f"{s}"), type(s.strip()), type(str(s)), isinstance(s, str), s.split("b"), [type(x) for x in s.split("x")], type(s.format()), type(s.center(3)), type(s.replace("x", "y")))
class Hooked(str):
    def __len__(self): return 99
    def __getitem__(self, i): return "item"
    def __iter__(self): return iter([1, 2])
    def __contains__(self, x): return True
h = Hooked("abc")
print(h.center(5), h + "!", "x" + h, h == "abc", str.__len__(h), [*h], h.find("c"))
show('S()', lambda: S())
show('"a".x', lambda: "a".x)
show('setattr("a", "x", 1)', lambda: setattr("a", "x", 1))
show('str.__new__(S, "q").__dict__', lambda: str.__new__(S, "q").__dict__)
show('str.__new__(S)', lambda: str.__new__(S))
show('S.__mro__', lambda: S.__mro__)
