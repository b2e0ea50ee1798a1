# replace with counts, empty patterns and growing or shrinking text.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for s in ["", "a", "aaa", "abcabc", "xaxbx"]:
    for old in ["", "a", "aa", "abc", "x", "z"]:
        for new in ["", "b", "<->", "日"]:
            print(repr(s), repr(old), repr(new), [s.replace(old, new, n) for n in (-1, 0, 1, 2, 100)])
show('"a".replace("a")', lambda: "a".replace("a"))
show('"a".replace("a", 1)', lambda: "a".replace("a", 1))
show('"a".replace(1, "a")', lambda: "a".replace(1, "a"))
show('"a".replace("a", "b", "c")', lambda: "a".replace("a", "b", "c"))
show('"a".replace("a", "b", 1.0)', lambda: "a".replace("a", "b", 1.0))
show('"aaa".replace("a", "b", count=2)', lambda: "aaa".replace("a", "b", count=2))
show('"aaa".replace(old="a", new="b")', lambda: "aaa".replace(old="a", new="b"))
show('"aaa".replace("a", b"b")', lambda: "aaa".replace("a", b"b"))
show('("ab" * 1000).replace("b", "cd").count("cd"), len(("a" * 1000).replace("", "-")), ("日" * 10).replace("日", "n")', lambda: (("ab" * 1000).replace("b", "cd").count("cd"), len(("a" * 1000).replace("", "-")), ("日" * 10).replace("日", "n")))
