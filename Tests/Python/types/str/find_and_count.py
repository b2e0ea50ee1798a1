# find, rfind, index, rindex, count, startswith and endswith with all bounds.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

s = "abcabcabd"
for sub in ["", "a", "abc", "abd", "d", "x", "abcabcabd", "abcabcabdx", "bca"]:
    for start in [None, 0, 1, 3, 8, 9, 10, -1, -3, -20]:
        for end in [None, 0, 3, 9, 20, -1, -20]:
            print(repr(sub), start, end, s.find(sub, start, end), s.rfind(sub, start, end), s.count(sub, start, end), int(s.startswith(sub, start, end)), int(s.endswith(sub, start, end)))
for name in ["find", "rfind", "index", "rindex", "count", "startswith", "endswith"]:
    method = getattr(s, name)
    for arguments in [(), (1,), (None,), ("a", "b"), ("a", 1.0), ("a", 0, 1, 2), (b"a",), ("z",), ("a", 2**100), ("a", -2**100, 2**100), (("a", "x"),), (("x", ""),), ((),), (("a", 1),), ((1, "a"),), (["a"],)]:
        show(f"{name}{arguments}", lambda: method(*arguments))
show('"".find(""), "".find("", 1), "".rfind(""), "".count(""), "abc".count(""), "abc".count("", 3), "abc".count("", 4)', lambda: ("".find(""), "".find("", 1), "".rfind(""), "".count(""), "abc".count(""), "abc".count("", 3), "abc".count("", 4)))
show('"é1日本語日本".find("日本"), "é1日本語日本".rfind("日本"), "é1日本語日本".count("日"), "abc".find("é"), "\\U0001f600a".index("a")', lambda: ("é1日本語日本".find("日本"), "é1日本語日本".rfind("日本"), "é1日本語日本".count("日"), "abc".find("é"), "\U0001f600a".index("a")))
