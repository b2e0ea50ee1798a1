# Every form of integer literal, and those that are refused.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for source in ["0", "00", "0_0", "1_000", "0x_ff", "0XFF", "0b1_1", "0B0", "0o17", "0O7_7", "017", "0_7", "1_", "1__0", "0x", "0xg", "0b2", "0b12", "0o8", "0o18", "0b_", "_1", "1a", "1if 1else 2", "0x1for x in ()",
               "9" * 30, "0x" + "f" * 20, "1_2_3", "0b1.0", "0xf.0", "1e", "1e+", "1_e5", "1e_5", "1._5", "5j", "0777", "00001", "0_1", "1 .real", "1.real", "1..real", "0xfor 1", "12abc", "1and 2", "0b1and 0"]:
    show(source, lambda: eval(source))
