# Refused format specifications for integers.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for spec in ["s", "q", ".2", ".2d", ".0x", "z", "zd", ",b", ",x", ",o", "_c", ",c", "+c", "#c", " c", "_n", ",n", "d5", "5d5", ",_", "_,", ",,", "__", "!", "99999999999999999999", "=<5", "<<<5", "z.1f", "\u00b2", "d ", "L", "r", "#s", ".2c", "-,", "1000000000000000000000d"]:
    show(ascii(spec), lambda: format(42, spec))
show('format(-1, "c")', lambda: format(-1, "c"))
show('format(0x110000, "c")', lambda: format(0x110000, "c"))
show('format(0x10ffff, "c") == chr(0x10ffff)', lambda: format(0x10ffff, "c") == chr(0x10ffff))
show('format(2**100, "c")', lambda: format(2**100, "c"))
show('ascii(format(8364, "c")), ascii(format(8364, "5c")), ascii(format(8364, "<5c")), ascii(format(65, "05c"))', lambda: (ascii(format(8364, "c")), ascii(format(8364, "5c")), ascii(format(8364, "<5c")), ascii(format(65, "05c"))))
show('format(10**400, "f")', lambda: format(10**400, "f"))
show('format(10**400, "e")', lambda: format(10**400, "e"))
show('format(10**22, ".30g"), format(2**70, ".0f"), format(10**30, "g"), format(10**16, "%")', lambda: (format(10**22, ".30g"), format(2**70, ".0f"), format(10**30, "g"), format(10**16, "%")))
show('format(5, 5)', lambda: format(5, 5))
show('format(5, None)', lambda: format(5, None))
show('(5).__format__()', lambda: (5).__format__())
show('format(True, ""), format(True, "d"), format(True, "5"), format(True, "b"), format(True, "s")', lambda: (format(True, ""), format(True, "d"), format(True, "5"), format(True, "b"), format(True, "s")))
