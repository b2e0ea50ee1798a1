# int() of floats, bytes, objects with __int__, __index__, __trunc__.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class I:
    def __init__(self, value): self.value = value
    def __int__(self): return self.value
class X(I):
    def __index__(self): return 42
class Only:
    def __index__(self): return 7
class T:
    def __trunc__(self): return 3
class Sub(int): pass
class Both:
    def __int__(self): return 1
    def __index__(self): return 2
    def __trunc__(self): return 3
show('int()', lambda: int())
show('int(1.9), int(-1.9), int(1e20), int(-1e300)', lambda: (int(1.9), int(-1.9), int(1e20), int(-1e300)))
show('int(float("inf"))', lambda: int(float("inf")))
show('int(float("-inf"))', lambda: int(float("-inf")))
show('int(float("nan"))', lambda: int(float("nan")))
show('int(b"12"), int(b" -3 "), int(bytearray(b"0_1"))', lambda: (int(b"12"), int(b" -3 "), int(bytearray(b"0_1"))))
show('int(b"\\xff")', lambda: int(b"\xff"))
show('int(b"1\\x00")', lambda: int(b"1\x00"))
show('int(memoryview(b"12"))', lambda: int(memoryview(b"12")))
show('int(I(5))', lambda: int(I(5)))
show('int(I("5"))', lambda: int(I("5")))
show('int(I(1.5))', lambda: int(I(1.5)))
show('int(X(9))', lambda: int(X(9)))
show('int(Only())', lambda: int(Only()))
show('int(T())', lambda: int(T()))
show('int(Both())', lambda: int(Both()))
show('int(None)', lambda: int(None))
show('int([])', lambda: int([]))
show('int({})', lambda: int({}))
show('int(1j)', lambda: int(1j))
show('int(object)', lambda: int(object))
show('int(True), int(Sub(3)), type(int(Sub(3)))', lambda: (int(True), int(Sub(3)), type(int(Sub(3)))))
show('Sub("12"), type(Sub("12")), Sub(5) + Sub(6), type(Sub(5) + Sub(6))', lambda: (Sub("12"), type(Sub("12")), Sub(5) + Sub(6), type(Sub(5) + Sub(6))))
show('int(x=3)', lambda: int(x=3))
show('int("1", 2, 3)', lambda: int("1", 2, 3))
show('int(1, 2, base=3)', lambda: int(1, 2, base=3))
