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

# What nothing changes is itself; a subclass and a bytearray give a copy.
class Octets(bytes):
    pass


same = bytes(range(256))
for value in (b"abc", b"a", b"", same, Octets(b"abc"), bytearray(b"abc")):
    results = [value.translate(None), value.translate(same), value.translate(None, b"z"), value.translate(same, delete=b"\xffz"), value.translate(None, b"c")]
    print(type(value).__name__, [(type(result).__name__, result is value, len(result)) for result in results])
print(bytes(200).translate(None, b"\0"), bytes(range(256)).translate(same[::-1], same[1:255]), (b"ab" * 300).translate(None, b"b") == b"a" * 300)
