# bytes() and bytearray() from every source.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class B:
    def __bytes__(self): return b"from bytes"
class Bad:
    def __bytes__(self): return "text"
class I:
    def __index__(self): return 3
class It:
    def __iter__(self): return iter([1, 2, 3])
for kind in (bytes, bytearray):
    for arguments in [(), (0,), (3,), (-1,), (I(),), ([1, 2, 255],), ([256],), ([-1],), (["a"],), ([1.5],), (range(3),), ("abc",), ("abc", "ascii"), ("é", "ascii"), ("é", "utf-8"), ("é", "ascii", "replace"), ("a", "nope"), ("a", 5), (b"x",), (bytearray(b"y"),), (memoryview(b"z"),), (B(),), (Bad(),), (It(),), (None,), (1.5,), (object,), ([I()],), (b"a", "ascii"), (5, "ascii"), (2**100,), (2**62,), (True,), ({1, 2},), ({5: 6},), ((x for x in [7, 8]),), ([None],), ([2**100],), ("a", "ascii", "strict", 1)]:
        show(f"{kind.__name__} {[type(a).__name__ for a in arguments]} {ascii([a for a in arguments if isinstance(a, (int, str, bytes, list, range)) and not isinstance(a[0] if isinstance(a, list) and a else 0, I)])}", lambda: kind(*arguments))
    show("source", lambda: kind(source=b"k"))
    show("encoding", lambda: kind("é", encoding="latin-1"))
    show("errors only", lambda: kind("a", errors="strict"))
    show("encoding only", lambda: kind(encoding="ascii"))
    show("wrong name", lambda: kind(sorce=b"k"))
