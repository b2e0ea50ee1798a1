# int() on decimal strings: spaces, signs, underscores, other scripts' digits.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

SAMPLES = ["0", "00", "-0", "+0", "1", "-1", "+1", "--1", "+-1", " 1", "1 ", " 1 ", "\t1\n", "\v1\f", "1 2", "", " ", "-", "+", "_1", "1_", "1_0", "1__0", "1_000_000",
           "-_1", "0_0", "00012", "1e5", "1.0", "1.", ".1", "0x10", "0b1", "0o7", "1L", "1j", "\u0661\u0662", "\uff11\uff12", "\u0967", "1\u0661", "\u00b2", "\u2460",
           "\u00a05\u00a0", "\u20035", "5\u200b", "1\x00", "\x001", "abc", "z", "12345678901234567890123", "-99999999999999999999999999", "9223372036854775807",
           "9223372036854775808", "-9223372036854775808", "4611686018427387904", "None", "True", "1,000", "\ud800", "\N{BRAHMI DIGIT ONE}", "\U0001d7d8\U0001d7d9"]
for sample in SAMPLES:
    show(ascii(sample), lambda: int(sample))
