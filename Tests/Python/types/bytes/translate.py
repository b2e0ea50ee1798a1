# translate and maketrans of bytes.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

table = bytes.maketrans(b"abc", b"xyz")
print(len(table), b"aabbccdd".translate(table), b"abcabc".translate(None, b"b"), b"abcabc".translate(table, b"a"), bytearray(b"abc").translate(table), b"abc".translate(None, delete=b"ac"), b"abc".translate(table, delete=b""))
show('b"a".translate(b"short")', lambda: b"a".translate(b"short"))
show('b"a".translate("x" * 256)', lambda: b"a".translate("x" * 256))
show('b"a".translate(None, "a")', lambda: b"a".translate(None, "a"))
show('b"a".translate()', lambda: b"a".translate())
show('b"a".translate(5)', lambda: b"a".translate(5))
show('bytes.maketrans(b"a", b"bc")', lambda: bytes.maketrans(b"a", b"bc"))
show('bytes.maketrans("a", "b")', lambda: bytes.maketrans("a", "b"))
show('bytes.maketrans(b"a")', lambda: bytes.maketrans(b"a"))
show('bytes.maketrans(b"", b"") == bytes(range(256))', lambda: bytes.maketrans(b"", b"") == bytes(range(256)))
