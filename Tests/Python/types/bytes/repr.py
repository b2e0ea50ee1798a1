# repr of bytes and bytearray: quotes and escapes.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

print(bytes(range(256)))
print(bytearray(range(256)))
for b in [b"", b"'", b'"', b"'\"", b"\\", b"\n\r\t\x0b", b"a'b", b"\x7f\x80"]:
    print(b, repr(b), str(b), bytearray(b), [b], ascii(b), f"{b}", f"{b!r:>12}", "%s" % b)
show('format(b"a", "5")', lambda: format(b"a", "5"))
show('b"a".__str__(), b"a".__repr__(), bytearray(b"a").__str__()', lambda: (b"a".__str__(), b"a".__repr__(), bytearray(b"a").__str__()))
