# strip, lstrip, rstrip with and without characters, removeprefix, removesuffix.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for s in ["", " ", "  a  ", "\t\n a b \r\x0b", "xxaxx", "xyxaxyx", "abc", "\xa0a\u2003", "aaa", "\x1fa\x1c"]:
    for characters in [None, "", "x", "xy", " a", "abc"]:
        print(ascii(s), repr(characters), ascii(s.strip(characters)), ascii(s.lstrip(characters)), ascii(s.rstrip(characters)))
for s in ["", "abc", "abcabc", "TestHook"]:
    for part in ["", "abc", "a", "c", "Test", "Hook", "abcabcabc"]:
        print(repr(s), repr(part), s.removeprefix(part), s.removesuffix(part))
show('"a".strip(1)', lambda: "a".strip(1))
show('"a".strip(b"a")', lambda: "a".strip(b"a"))
show('"a".strip("a", "b")', lambda: "a".strip("a", "b"))
show('"a".removeprefix(1)', lambda: "a".removeprefix(1))
show('"a".removeprefix(("a", "b"))', lambda: "a".removeprefix(("a", "b")))
show('"a".removesuffix()', lambda: "a".removesuffix())
show('"éaé".strip("é"), "日a本".strip("日本"), "a\\ud800".rstrip("\\ud800")', lambda: ("éaé".strip("é"), "日a本".strip("日本"), "a\ud800".rstrip("\ud800")))
class S(str): pass
show('type(S("ab").strip()), type(S("ab").removeprefix("x")), type(S("ab").replace("x", "y")), type(S("ab")[:])', lambda: (type(S("ab").strip()), type(S("ab").removeprefix("x")), type(S("ab").replace("x", "y")), type(S("ab")[:])))
