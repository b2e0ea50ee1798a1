# Methods of bytes and bytearray with arguments of every kind.
def t(f):
    try:
        r = f()
        return type(r).__name__ + " " + ascii(r)
    except BaseException as e:
        return type(e).__name__ + ": " + ascii(str(e))
vals = [b"", b"a", b"abc", b"Hello World", b"  pad\t\n", b"aXbXXc", b"\xff\x00\x80", b"a\r\nb\rc\nd\x0be", b"123", b"-42", b"t\tx\ty", b"aaaa", b"A b C"]
args = [b"", b"a", b"X", b"abc", b" ", b"aa", bytearray(b"b"), memoryview(b"c"), 97, 300, -1, "a", None, 1.5]
for cls in (bytes, bytearray):
    for v in vals:
        s = cls(v)
        for m in "capitalize title lower upper swapcase isascii islower isupper istitle isspace isdigit isalpha isalnum split rsplit splitlines strip lstrip rstrip __len__ __repr__ hex decode".split():
            print(s, m, t(lambda: getattr(s, m)()))
        for m in "count find rfind index rindex startswith endswith removeprefix removesuffix partition rpartition split rsplit strip lstrip rstrip join __contains__ __add__ __lt__ __eq__ __ge__".split():
            for a in args:
                print(s, m, a if not isinstance(a, memoryview) else "mv", t(lambda: getattr(s, m)(a)).replace(repr(a), "A"))
        for m in "count find rfind startswith".split():
            for a in args[:3]:
                for st in (None, 0, 1, -1, 100):
                    for en in (None, 0, 2, -1):
                        print(s, m, a, st, en, t(lambda: getattr(s, m)(a, st, en)))
        for a in args[:4]:
            for b in (b"", b"-", b"zz"):
                for c in (-1, 0, 1, 2): print(s, "replace", a, b, c, t(lambda: s.replace(a, b, c)))
        for a in (None, b"a", b" "):
            for c in (-1, 0, 1, 2): print(s, "split", a, c, t(lambda: s.split(a, c)), t(lambda: s.rsplit(a, maxsplit=c)))
        for m in ("center", "ljust", "rjust"):
            for w in (0, 3, 10, 11):
                for f in (b" ", b"*", b"xx", 1, bytearray(b"q")): print(s, m, w, f, t(lambda: getattr(s, m)(w, f)))
        for w in (0, 5, 12): print(s, "zfill", w, t(lambda: s.zfill(w)))
        for w in (0, 1, 4, 8, -1): print(s, "expandtabs", w, t(lambda: s.expandtabs(w)))
        for i in (0, 1, -1, 100, True, "a", None, 1.0, slice(1), slice(-2, None), slice(None, None, 2), slice(None, None, -2), slice(5, 1, -1), slice(0, 0), slice(None, None, 0)):
            print(s, "getitem", i, t(lambda: s[i]))
        for i in (0, 1, 3, -1, "a"): print(s, "mul", i, t(lambda: s * i), t(lambda: i * s))
        for sep in (":", b"-", "ab", 5):
            for g in (1, 2, 3, -2, 0): print(s, "hex", sep, g, t(lambda: s.hex(sep, g)))
        print(s, t(lambda: list(s)), t(lambda: s.splitlines(True)), t(lambda: s.translate(None, b"a")), t(lambda: s.translate(bytes(range(255, -1, -1)))))
        for enc in ("utf-8", "ascii", "latin-1", "utf-16", "utf-32", "unicode_escape", "raw_unicode_escape"):
            for err in ("strict", "ignore", "replace", "backslashreplace", "surrogateescape"):
                print(s, enc, err, t(lambda: s.decode(enc, err)))
