# + and * with strings of different widths and bad operands.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

PARTS = ["", "a", "é", "日", "\U0001f600", "abc", "\x00"]
for a in PARTS:
    for b in PARTS:
        print(ascii(a + b), len(a + b), ascii(a * 3 + b), a < b, a == b)
for n in [-1, 0, 1, 2, 5, True, False]:
    print(n, ["ab" * n, n * "é", "" * n])
show('"a" + 1', lambda: "a" + 1)
show('1 + "a"', lambda: 1 + "a")
show('"a" + b"a"', lambda: "a" + b"a")
show('"a" + None', lambda: "a" + None)
show('"a" + ["b"]', lambda: "a" + ["b"])
show('"a" - "b"', lambda: "a" - "b")
show('"a" * "b"', lambda: "a" * "b")
show('"a" * 1.5', lambda: "a" * 1.5)
show('"a" * None', lambda: "a" * None)
show('"ab" * 2**62', lambda: "ab" * 2**62)
show('"a" * (2**63)', lambda: "a" * (2**63))
show('"" * (2**62)', lambda: "" * (2**62))
show('"" * (2**64)', lambda: "" * (2**64))
s = "x"
s += "y"; s *= 3
print(s)
t = s
t += "!"
print(s, t)
