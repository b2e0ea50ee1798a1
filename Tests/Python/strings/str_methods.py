# Methods of str on texts of every width, with arguments of every kind.
def t(f):
    try:
        r = f()
        return type(r).__name__ + " " + ascii(r)
    except BaseException as e:
        return type(e).__name__ + ": " + ascii(str(e))
strs = ["", "a", "abc", "Hello World", "  pad ded\t\n", "aXbXXc", "\xe9t\xe9", "\u0130\xdf\u01c5\ufb01x", "\u03a3\u03b1\u03a3 \u03a3", "\U00010400a\U0001f600", "a\r\nb\rc\nd\x0be\x0cf\x1cg\x85h\u2028i", "123", "\u0663\xb2\xbd\u2167", "-42", "tab\tx\ty", "aaaa", "abcabcabc", "\ud800x", "_id1", "A b C", "\xff\xfe", "\u01c4 \u01c5 \u01c6"]
args = ["", "a", "X", "b", "abc", " ", "\xe9", "\u03a3", "\U00010400", "aa", "xy\u1234"]
noarg = [m for m in "capitalize casefold title lower upper swapcase isascii islower isupper istitle isspace isdecimal isdigit isnumeric isalpha isalnum isidentifier isprintable split rsplit splitlines strip lstrip rstrip __len__ __repr__ __hash__".split()]
for s in strs:
    for m in noarg:
        if m == "__hash__": continue
        print(ascii(s), m, t(lambda: getattr(s, m)()))
    for m in "count find rfind index rindex startswith endswith removeprefix removesuffix partition rpartition split rsplit strip lstrip rstrip join __contains__ __add__ __lt__ __eq__ __ge__".split():
        for a in args:
            print(ascii(s), m, ascii(a), t(lambda: getattr(s, m)(a)))
    for m in "count find rfind startswith endswith".split():
        for a in args[:4]:
            for st in (None, 0, 1, -1, 100, -100):
                for en in (None, 0, 2, -1, 100):
                    print(ascii(s), m, ascii(a), st, en, t(lambda: getattr(s, m)(a, st, en)))
    for a in args[:5]:
        for b in ("", "-", "\u1234", "zz"):
            for c in (-1, 0, 1, 2):
                print(ascii(s), "replace", ascii(a), ascii(b), c, t(lambda: s.replace(a, b, c)), t(lambda: s.replace(a, b, count=c)))
    for a in (None, "a", " ", "X"):
        for c in (-1, 0, 1, 2):
            print(ascii(s), "split", a, c, t(lambda: s.split(a, c)), t(lambda: s.rsplit(a, maxsplit=c)))
    for m in ("center", "ljust", "rjust"):
        for w in (0, 3, 10, 11):
            for f in (" ", "*", "\u1234", "xx", 1):
                print(ascii(s), m, w, ascii(f), t(lambda: getattr(s, m)(w, f)))
    for w in (0, 5, 12): print(ascii(s), "zfill", w, t(lambda: s.zfill(w)))
    for w in (0, 1, 4, 8, -1): print(ascii(s), "expandtabs", w, t(lambda: s.expandtabs(w)))
    print(ascii(s), t(lambda: s.splitlines(True)), t(lambda: list(s)), t(lambda: ascii(s)), t(lambda: s[::-1]))
    for i in (0, 1, -1, 100, -100, True, "a", None, 1.0, slice(1), slice(1, None), slice(-2, None), slice(None, None, 2), slice(None, None, -2), slice(5, 1, -1), slice(1, 100), slice(0, 0), slice(None, None, 0), slice("a")):
        print(ascii(s), "getitem", i, t(lambda: s[i]))
    for i in (0, 1, 3, -1, "a", 1.5): print(ascii(s), "mul", i, t(lambda: s * i), t(lambda: i * s))
    for enc in ("utf-8", "ascii", "latin-1", "utf-16", "utf-16-be", "utf-32-le", "unicode_escape", "raw_unicode_escape"):
        for err in ("strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace", "surrogateescape", "surrogatepass"):
            r = t(lambda: s.encode(enc, err))
            print(ascii(s), enc, err, r)
    print(ascii(s), t(lambda: s.translate({97: "b", 98: None, 0xe9: 65, 88: "long", 0x10400: 0x10ffff})))
    for spec in ("", "10", "<10", ">10", "^10", "*^9", "\u1234>8", ".2", "10.2", "s", "d", "=10", "+", "010", ",", "z", "#", "5x"):
        print(ascii(s), "format", ascii(spec), t(lambda: format(s, spec)))
print(t(lambda: str.maketrans("abc", "xyz")), t(lambda: str.maketrans("abc", "xyz", "q")), t(lambda: str.maketrans({"a": 1, 2: "b"})), t(lambda: str.maketrans({"ab": 1})), t(lambda: str.maketrans({1.5: 1})), t(lambda: str.maketrans("a", "bc")), t(lambda: str.maketrans("a")), t(lambda: str.maketrans(1, "b")), t(lambda: str.maketrans("a", 1)), t(lambda: str.maketrans("a", "b", 1)))
for f in (lambda: str(), lambda: str(1), lambda: str(b"a", "utf8"), lambda: str(b"\xff", errors="replace"), lambda: str(object="x"), lambda: str(1, 2, 3, 4), lambda: str(x=1), lambda: str("a", encoding="x"), lambda: str(b"a", 1), lambda: str(b"a", "utf8", 1), lambda: "a" + 1, lambda: "a" % 1, lambda: "a" < 1, lambda: 1 in "a", lambda: "".join([1]), lambda: ",".join(["a", "b", 3]), lambda: ",".join({"a": 1}), lambda: ",".join(x for x in "abc"), lambda: ",".join(5)):
    print(t(f))
class S(str):
    pass
s = S("abc"); print(type(s), s, repr(s), len(s), s == "abc", hash(s) == hash("abc"), type(s + ""), type(s.strip()), type(s[:]), type(str(s)), {s: 1}["abc"], s.upper(), type(s.lower()), s.__class__); s.x = 5; print(s.x, s.__dict__)
class T(str):
    def __new__(cls, v): return super().__new__(cls, v * 2)
    def __str__(self): return "T!"
print(T("ab"), str(T("ab")), "%s" % T("ab"), f"{T('ab')}", T("ab") + "c", "".join([T("a")]), T("q").__len__())
it = iter("ab\u1234"); print(next(it), it.__length_hint__(), list(it), list(it), it.__reduce__())
print(hash(""), hash("abc") == hash("ab" + "c"))
