# center, ljust, rjust, zfill and expandtabs.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for s in ["", "a", "ab", "abc", "-5", "+5", "--5", "é", "日本"]:
    for width in [-1, 0, 1, 2, 3, 4, 5, 8]:
        print(repr(s), width, [s.center(width), s.ljust(width), s.rjust(width), s.center(width, "*"), s.ljust(width, "日"), s.rjust(width, "é"), s.zfill(width)])
for s in ["", "\t", "a\tb", "ab\tc\td", "a\n\tb", "\ta\r\tb", "12345678\t9", "日\tb"]:
    print(repr(s), [s.expandtabs(n) for n in (-1, 0, 1, 2, 4, 8)], s.expandtabs(), s.expandtabs(tabsize=3))
show('"a".center()', lambda: "a".center())
show('"a".center("5")', lambda: "a".center("5"))
show('"a".center(5, "")', lambda: "a".center(5, ""))
show('"a".center(5, "ab")', lambda: "a".center(5, "ab"))
show('"a".center(5, b"x")', lambda: "a".center(5, b"x"))
show('"a".center(5, 1)', lambda: "a".center(5, 1))
show('"a".ljust(5.0)', lambda: "a".ljust(5.0))
show('"a".rjust(5, None)', lambda: "a".rjust(5, None))
show('"a".zfill(None)', lambda: "a".zfill(None))
show('"a".center(2**63)', lambda: "a".center(2**63))
show('"a".expandtabs(2**40)', lambda: "a".expandtabs(2**40))
