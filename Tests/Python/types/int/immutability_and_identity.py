# Integers have no assignable attributes; small ones are shared; subclasses keep their own.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class Sub(int):
    def __new__(cls, value, note=""):
        self = super().__new__(cls, value)
        self.note = note
        return self
    def __repr__(self): return f"Sub({int(self)}, {self.note!r})"
    def __add__(self, other): return Sub(int(self) + int(other), "sum")
s = Sub(5, "five")
print(s, s.note, s + 1, 1 + s, s * 2, type(s * 2), s == 5, hash(s) == hash(5), {s: 1}[5], [10, 20, 30, 40, 50, 60][s])
print(str(s), f"{s}", f"{s:03d}", "%d %s" % (s, s), int(s), type(int(s)), s.__dict__)
show('(5).x', lambda: (5).x)
show('setattr(5, "x", 1)', lambda: setattr(5, "x", 1))
show('delattr(5, "real")', lambda: delattr(5, "real"))
show('setattr(s, "extra", 2), s.extra', lambda: (setattr(s, "extra", 2), s.extra))
show('s.real, type(s.real), type(+s), type(s.conjugate())', lambda: (s.real, type(s.real), type(+s), type(s.conjugate())))
a = 256; b = 256
print(a is b)
show('int.__new__(Sub, 7)', lambda: int.__new__(Sub, 7))
show('int.__new__(str)', lambda: int.__new__(str))
show('int.__new__(3)', lambda: int.__new__(3))
show('int.__new__()', lambda: int.__new__())
show('Sub()', lambda: Sub())
