# splitlines at every line boundary.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

s = "a\nb\rc\r\nd\x0be\x0cf\x1cg\x1dh\x1ei\x85j\u2028k\u2029l"
print(ascii(s.splitlines()), ascii(s.splitlines(True)), ascii(s.splitlines(keepends=True)))
for t in ["", "\n", "\r\n", "\r\r\n\n", "a", "a\n", "\na", "a\n\nb", "a\r", "\x1f", "a\n\r"]:
    print(repr(t), t.splitlines(), t.splitlines(1), t.splitlines(keepends=False))
show('"a".splitlines(2, 3)', lambda: "a".splitlines(2, 3))
show('"a\\nb".splitlines("yes")', lambda: "a\nb".splitlines("yes"))
show('"a\\nb".splitlines(keep=True)', lambda: "a\nb".splitlines(keep=True))
