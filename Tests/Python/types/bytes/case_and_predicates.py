# ASCII case mappings and predicates of bytes.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

every = bytes(range(256))
for name in ["upper", "lower", "title", "capitalize", "swapcase"]:
    print(name, getattr(every, name)(), getattr(bytearray(b"aBc dEf's 1x\xe9"), name)())
for name in ["isalnum", "isalpha", "isascii", "isdigit", "islower", "isspace", "istitle", "isupper"]:
    print(name, [c for c in range(256) if getattr(bytes([c]), name)()], [getattr(b, name)() for b in (b"", b"Ab Cd", b"AB", b"ab1", b"aB", b"\xe9", b" \t", b"12")])
print(b"a\tb\n\tc".expandtabs(4), b"a\nb\r\nc\rd\x0be\x1cf".splitlines(), b"a\nb\r\n".splitlines(True), b" a  b ".split(), b"\x0ba\x0cb\x1c".split(), b"-5".zfill(5), b"+".zfill(3))
show('b"a".upper(1)', lambda: b"a".upper(1))
show('b"a".isalpha("x")', lambda: b"a".isalpha("x"))
show('bytes.upper("a")', lambda: bytes.upper("a"))
