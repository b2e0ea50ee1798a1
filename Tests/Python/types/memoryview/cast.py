# Casting a view to other formats and shapes.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

b = bytearray(range(16))
m = memoryview(b)
for format in ["b", "B", "c", "h", "H", "i", "I", "l", "L", "q", "Q", "n", "N", "f", "d", "?", "@h", "e"]:
    show(format, lambda: (m.cast(format).itemsize, len(m.cast(format)), m.cast(format).format, m.cast(format).tolist() if format not in "fde" else "-"))
w = m.cast("B", [4, 4])
print(w.shape, w.strides, w.ndim, w.tolist(), w[1, 2], len(w), w.nbytes)
show('w[0]', lambda: w[0])
show('w[1, 2, 3]', lambda: w[1, 2, 3])
show('w[4, 0]', lambda: w[4, 0])
show('w[-1, -1]', lambda: w[-1, -1])
show('w[0:2].tolist()', lambda: w[0:2].tolist())
show('w.cast("B").tolist()', lambda: w.cast("B").tolist())
show('w.cast("h").tolist()', lambda: w.cast("h").tolist())
show('m.cast("x")', lambda: m.cast("x"))
show('m.cast("hh")', lambda: m.cast("hh"))
show('m.cast("i", [5])', lambda: m.cast("i", [5]))
show('m.cast("i", [2, 2]).tolist()', lambda: m.cast("i", [2, 2]).tolist())
show('m.cast("i", "a")', lambda: m.cast("i", "a"))
show('m.cast("i", [-1])', lambda: m.cast("i", [-1]))
show('m[::2].cast("b")', lambda: m[::2].cast("b"))
show('memoryview(b"abc").cast("h")', lambda: memoryview(b"abc").cast("h"))
show('m.cast(5)', lambda: m.cast(5))
h = m.cast("h")
h[0] = -2
print(b[:4], h[0], h[-1])
show('h.__setitem__(0, 2**15)', lambda: h.__setitem__(0, 2**15))
show('h.__setitem__(0, 1.5)', lambda: h.__setitem__(0, 1.5))
show('h.__setitem__(slice(0, 1), m[:2])', lambda: h.__setitem__(slice(0, 1), m[:2]))
show('h == m.cast("h"), h == m.cast("H"), m.cast("d") == m.cast("d"), memoryview(bytes(8)).cast("d")[0], m.cast("?")[0], m.cast("c")[0]', lambda: (h == m.cast("h"), h == m.cast("H"), m.cast("d") == m.cast("d"), memoryview(bytes(8)).cast("d")[0], m.cast("?")[0], m.cast("c")[0]))
show('m.cast("c").__setitem__(0, b"zz")', lambda: m.cast("c").__setitem__(0, b"zz"))
show('hash(memoryview(bytes(4)).cast("i"))', lambda: hash(memoryview(bytes(4)).cast("i")))
show('memoryview(b"abcd").cast("c").tolist()', lambda: memoryview(b"abcd").cast("c").tolist())
