# Slice assignment and deletion on bytearray, all shapes.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for i in [None, 0, 2, 5, -1, 10]:
    for j in [None, 0, 3, -2, 10]:
        for k in [None, 1, 2, -1, -2]:
            for new in [b"", b"X", b"XY", b"XYZ", b"XYZABC"]:
                b = bytearray(b"abcdef")
                try:
                    b[i:j:k] = new
                    print(bytes(b), end=" ")
                except ValueError as error:
                    print(error, end=" ")
            b = bytearray(b"abcdef")
            del b[i:j:k]
            print(bytes(b))
b = bytearray(b"abc")
def store(key, value): b[key] = value; return b
show('store(0, 255)', lambda: store(0, 255))
show('store(0, 256)', lambda: store(0, 256))
show('store(0, -1)', lambda: store(0, -1))
show('store(0, "a")', lambda: store(0, "a"))
show('store(3, 1)', lambda: store(3, 1))
show('store("a", 1)', lambda: store("a", 1))
show('store(slice(0, 1), [1, 2])', lambda: store(slice(0, 1), [1, 2]))
show('store(slice(0, 1), "ab")', lambda: store(slice(0, 1), "ab"))
show('store(slice(0, 1), 5)', lambda: store(slice(0, 1), 5))
show('store(slice(0, 1), [256])', lambda: store(slice(0, 1), [256]))
show('store(slice(0, 0), b)', lambda: store(slice(0, 0), b))
show('store(slice(None), memoryview(b"mem"))', lambda: store(slice(None), memoryview(b"mem")))
show('store(1.0, 1)', lambda: store(1.0, 1))
show('store(slice(0, 2), range(3))', lambda: store(slice(0, 2), range(3)))
show('store(slice(None, None, 0), b"")', lambda: store(slice(None, None, 0), b""))
def remove(key): del b[key]; return b
show('remove(0)', lambda: remove(0))
show('remove(100)', lambda: remove(100))
show('remove("x")', lambda: remove("x"))
show('remove(slice(0, 1))', lambda: remove(slice(0, 1)))
show('b == b"".join([bytes([x]) for x in b]), b < b"z", b > bytearray(), b != b"q"', lambda: (b == b"".join([bytes([x]) for x in b]), b < b"z", b > bytearray(), b != b"q"))
