# Indexing, slicing, iteration, comparison, concatenation and repetition of bytes.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

b = b"hello\x00\xff"
print(b[0], b[-1], b[1:3], b[::-1], b[::2], list(b), len(b), b == bytearray(b), hash(b) == hash(bytes(list(b))), 104 in b, b"ell" in b, b"" in b)
show('b[7]', lambda: b[7])
show('b[-8]', lambda: b[-8])
show('b["a"]', lambda: b["a"])
show('b[1.0]', lambda: b[1.0])
show('b[None]', lambda: b[None])
show('b[2**70]', lambda: b[2**70])
show('b"a" + "a"', lambda: b"a" + "a")
show('"a" + b"a"', lambda: "a" + b"a")
show('b"a" + 1', lambda: b"a" + 1)
show('b"a" + bytearray(b"b"), type(b"a" + bytearray(b"b")), type(bytearray(b"a") + b"b"), b"a" + memoryview(b"c")', lambda: (b"a" + bytearray(b"b"), type(b"a" + bytearray(b"b")), type(bytearray(b"a") + b"b"), b"a" + memoryview(b"c")))
show('b"a" * 3, 2 * b"ab", b"a" * -1, b"" * 5', lambda: (b"a" * 3, 2 * b"ab", b"a" * -1, b"" * 5))
show('b"a" * 1.5', lambda: b"a" * 1.5)
show('b"a" * b"a"', lambda: b"a" * b"a")
show('b"a" * 2**63', lambda: b"a" * 2**63)
show('b"ab" * 2**62', lambda: b"ab" * 2**62)
show('b"a" < b"b", b"a" < b"aa", b"b" > bytearray(b"a"), b"" < b"\\x00", b"a" == "a", b"a" != 97', lambda: (b"a" < b"b", b"a" < b"aa", b"b" > bytearray(b"a"), b"" < b"\x00", b"a" == "a", b"a" != 97))
show('b"a" < "a"', lambda: b"a" < "a")
show('b"a" < 97', lambda: b"a" < 97)
show('"a" in b"abc"', lambda: "a" in b"abc")
show('256 in b"abc"', lambda: 256 in b"abc")
show('-1 in b"abc"', lambda: -1 in b"abc")
show('1.5 in b"abc"', lambda: 1.5 in b"abc")
show('None in b"a"', lambda: None in b"a")
show('sorted([b"b", b"a", b"ab", b""]), max(b"abc"), sum(b"abc"), bytes(reversed(b"abc")), [*b"ab"], tuple(b"x")', lambda: (sorted([b"b", b"a", b"ab", b""]), max(b"abc"), sum(b"abc"), bytes(reversed(b"abc")), [*b"ab"], tuple(b"x")))
it = iter(b"ab")
print(next(it), it.__length_hint__(), list(it), next(it, None), type(it).__name__, type(iter(bytearray())).__name__)
try:
    b[0] = 1
except TypeError as error:
    print(error)
try:
    del b[0]
except TypeError as error:
    print(error)
class B(bytes):
    def __repr__(self): return "B!"
print(B(b"a"), str(B(b"a")), type(B(b"a") + b"b"), type(B(b"a")[:]), B(b"x") == b"x", {b"x": 1}[B(b"x")])
