# split and rsplit by white space and by separators, with limits.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

SAMPLES = ["", " ", "a", " a ", "a b c", "  a  b   c  ", "a\tb\nc\r\nd\x0be\x0cf", "a,b,c", ",a,,b,", ",,", "a, b", "aXXbXXXc", "\x1ca\x1db\x1ee\x1f", "a\x85b\xa0c\u2003d\u3000e", "a\u200bb"]
for s in SAMPLES:
    for sep in [None, ",", " ", "XX", ", ", "abc"]:
        print(ascii(s), repr(sep), [ascii(s.split(sep, n)) + ascii(s.rsplit(sep, n)) for n in (-1, 0, 1, 2)])
show('"a b".split("")', lambda: "a b".split(""))
show('"a b".rsplit("")', lambda: "a b".rsplit(""))
show('"a b".split(1)', lambda: "a b".split(1))
show('"a b".split(b" ")', lambda: "a b".split(b" "))
show('"a b".split(None, None)', lambda: "a b".split(None, None))
show('"a b".split(None, 1.0)', lambda: "a b".split(None, 1.0))
show('"a b c".split(maxsplit=1), "a b c".rsplit(maxsplit=1), "a-b".split(sep="-"), "a b".split(sep=None, maxsplit=-5)', lambda: ("a b c".split(maxsplit=1), "a b c".rsplit(maxsplit=1), "a-b".split(sep="-"), "a b".split(sep=None, maxsplit=-5)))
show('"a b".split(" ", 1, 2)', lambda: "a b".split(" ", 1, 2))
show('"a b".split(seperator=" ")', lambda: "a b".split(seperator=" "))
show('"a b".split(None, sep=None)', lambda: "a b".split(None, sep=None))
show('"a b".split(" ", 2**70)', lambda: "a b".split(" ", 2**70))
