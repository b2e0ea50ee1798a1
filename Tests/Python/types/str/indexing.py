# Indexing and slicing strings of each width.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for s in ["abcdef", "àéîõü", "日本語テキ", "a\U0001f600b\U0001f601c", ""]:
    for i in [0, 1, -1, -5, 4, 5, -6, 100]:
        show(f"{s!a}[{i}]", lambda: ascii(s[i]))
    for i in [None, 0, 1, 3, -1, -2, 10, -10]:
        for j in [None, 0, 2, -1, 10, -10]:
            print(ascii([s[i:j:k] for k in (None, 2, -1, -3)]))
s = "abc"
show('s["a"]', lambda: s["a"])
show('s[1.0]', lambda: s[1.0])
show('s[None]', lambda: s[None])
show('s[1, 2]', lambda: s[1, 2])
show('s[::0]', lambda: s[::0])
show('s[2**100]', lambda: s[2**100])
show('s[-2**100]', lambda: s[-2**100])
show('s[:2**100], "abc"[-2**100:], "abc"[::2**100], "abc"[::-2**100]', lambda: (s[:2**100], "abc"[-2**100:], "abc"[::2**100], "abc"[::-2**100]))
show('s["a":]', lambda: s["a":])
show('s[:1.5]', lambda: s[:1.5])
show('s[True]', lambda: s[True])
s = "abc"
try:
    s[0] = "x"
except TypeError as error:
    print(error)
try:
    del s[0]
except TypeError as error:
    print(error)
try:
    s[0:1] = "x"
except TypeError as error:
    print(error)
