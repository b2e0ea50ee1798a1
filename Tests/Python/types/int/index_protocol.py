# Objects with __index__ wherever an integer is asked for.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class Index:
    def __init__(self, value): self.value = value
    def __index__(self):
        print("index", repr(self.value))
        if isinstance(self.value, Exception): raise self.value
        return self.value
class MyInt(int): pass
data = list(range(10))
show('data[Index(3)]', lambda: data[Index(3)])
show('data[Index(2):Index(8):Index(2)]', lambda: data[Index(2):Index(8):Index(2)])
show('"abc" * Index(3)', lambda: "abc" * Index(3))
show('[0] * Index(2)', lambda: [0] * Index(2))
show('bytes(Index(3))', lambda: bytes(Index(3)))
show('range(Index(2), Index(5))', lambda: range(Index(2), Index(5)))
show('bin(Index(10)), oct(Index(10)), hex(Index(10))', lambda: (bin(Index(10)), oct(Index(10)), hex(Index(10))))
show('chr(Index(97))', lambda: chr(Index(97)))
show('int("z", Index(36))', lambda: int("z", Index(36)))
show('round(2.567, Index(1))', lambda: round(2.567, Index(1)))
show('data[Index("x")]', lambda: data[Index("x")])
show('data[Index(1.0)]', lambda: data[Index(1.0)])
show('data[Index(ValueError("no"))]', lambda: data[Index(ValueError("no"))])
show('data[Index(MyInt(1))]', lambda: data[Index(MyInt(1))])
show('"abc"[Index(2**100)]', lambda: "abc"[Index(2**100)])
show('[1][Index(-1)]', lambda: [1][Index(-1)])
show('"x".center(Index(5))', lambda: "x".center(Index(5)))
show('"a,b,c".split(",", Index(1))', lambda: "a,b,c".split(",", Index(1)))
show('[1, 2, 3].pop(Index(1))', lambda: [1, 2, 3].pop(Index(1)))
show('Index(1) + 1', lambda: Index(1) + 1)
show('divmod(Index(7), 2)', lambda: divmod(Index(7), 2))
show('range(10)[Index(-1)]', lambda: range(10)[Index(-1)])
show('(1, 2, 3)[Index(1):]', lambda: (1, 2, 3)[Index(1):])
show('pow(2, Index(3))', lambda: pow(2, Index(3)))
show('1 << Index(3)', lambda: 1 << Index(3))
show('[1, 2, 3].index(2, Index(0), Index(3))', lambda: [1, 2, 3].index(2, Index(0), Index(3)))
show('slice(Index(1), Index(2)).indices(Index(10))', lambda: slice(Index(1), Index(2)).indices(Index(10)))
