# Quotes and escapes in repr and ascii.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for s in ["", "'", '"', "'\"", "\\", "\n\r\t", "\x00\x01\x1f\x7f", "\x80\x9f\xa0\xad", "é", "\u0378", "\u200b\u200e\u2028", "日本", "\ud800", "\udfff", "\U0001f600", "\U0010ffff", "\U000e0001", "\ufeff", "a'b", 'a"b', "{}", "%s", "\\n", "\u0600", "\u3000", "\x1b[0m"]:
    print(ascii(s), ascii(repr(s)), len(repr(s)))
print([chr(c) for c in range(0x20, 0x7f)])
print(ascii([repr(chr(c)) for c in range(0x7f, 0x180)]))
class R:
    def __repr__(self): return "é\ud800"
show('ascii(R())', lambda: ascii(R()))
show('ascii([R(), {R(): "\\xff"}])', lambda: ascii([R(), {R(): "\xff"}]))
show('"%a" % "é"', lambda: "%a" % "é")
show('f"{\'é\'!a:>10}"', lambda: f"{'é'!a:>10}")
