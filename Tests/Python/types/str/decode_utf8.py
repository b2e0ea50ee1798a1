# Decoding well-formed and ill-formed UTF-8 with every handler.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for data in [b"abc", b"\xc3\xa9", b"\xe6\x97\xa5", b"\xf0\x9f\x98\x80", b"\x80", b"\xff", b"a\xc3", b"\xe6\x97", b"\xf0\x9f\x98", b"\xc0\x80", b"\xc1\xbf", b"\xe0\x80\x80", b"\xf0\x80\x80\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xe6a\xa5", b"\xf0\x9fa", b"a\xffb\xfec", b"\xef\xbb\xbfa", b"\xc3\xa9\xc3", b"\xe2\x28\xa1", b"\xf1\x80\x80", b"abcdefghijklmnop\xffq"]:
    for errors in ["strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass"]:
        show(f"{data}.decode({errors!r})", lambda: ascii(data.decode("utf-8", errors)))
show('b"a".decode("utf-8", "nope")', lambda: b"a".decode("utf-8", "nope"))
show('b"\\xff".decode("utf-8", "nope")', lambda: b"\xff".decode("utf-8", "nope"))
show('b"a".decode("nope")', lambda: b"a".decode("nope"))
show('b"a".decode(5)', lambda: b"a".decode(5))
show('b"a".decode("utf-8", 5)', lambda: b"a".decode("utf-8", 5))
show('b"a".decode("UTF8"), b"a".decode("Utf_8"), b"a".decode("U8"), b"\\xe9".decode("latin1"), b"\\xe9".decode("ISO-8859-1"), b"a".decode("us-ascii")', lambda: (b"a".decode("UTF8"), b"a".decode("Utf_8"), b"a".decode("U8"), b"\xe9".decode("latin1"), b"\xe9".decode("ISO-8859-1"), b"a".decode("us-ascii")))
