# int() with every base, prefixes and bad digits.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for text in ["0", "1", "10", "-10", "z", "Z", "zz", "7f", "0x7f", "0X7F", "0b101", "0B101", "0o17", "0O17", "0b2", "0o8", "0xg", "0x", "0b", "0o", "0x_1", "0_x1", "_0x1", "08", "00", "0_0", "-0x10",
             " 0x10 ", "+0b1", "- 1", "1_0", "123456789012345678901234567890"]:
    for base in [0, 2, 3, 8, 10, 11, 16, 32, 35, 36]:
        show(f"int({text!r}, {base})", lambda: int(text, base))
show('int("1", 1)', lambda: int("1", 1))
show('int("1", 37)', lambda: int("1", 37))
show('int("1", -1)', lambda: int("1", -1))
show('int("1", 2**70)', lambda: int("1", 2**70))
show('int("1", 10.0)', lambda: int("1", 10.0))
show('int("1", True)', lambda: int("1", True))
show('int(1, 10)', lambda: int(1, 10))
show('int(base=10)', lambda: int(base=10))
show('int("11", base=2)', lambda: int("11", base=2))
show('int(1.5, 10)', lambda: int(1.5, 10))
show('int(b"11", 2)', lambda: int(b"11", 2))
show('int(bytearray(b"zz"), 36)', lambda: int(bytearray(b"zz"), 36))
show('int(None, 10)', lambda: int(None, 10))
