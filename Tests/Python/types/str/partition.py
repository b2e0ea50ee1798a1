# partition and rpartition.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for s in ["", "a", "a.b", "a.b.c", ".", "..", ".a", "a.", "abab"]:
    for sep in [".", "ab", "b", "..", "a.b.c"]:
        print(repr(s), repr(sep), s.partition(sep), s.rpartition(sep))
show('"a".partition("")', lambda: "a".partition(""))
show('"a".rpartition("")', lambda: "a".rpartition(""))
show('"a".partition(1)', lambda: "a".partition(1))
show('"a".partition(b"a")', lambda: "a".partition(b"a"))
show('"a".partition()', lambda: "a".partition())
show('"a".rpartition(None)', lambda: "a".rpartition(None))
show('"日.本".partition("."), "é".rpartition("é")', lambda: ("日.本".partition("."), "é".rpartition("é")))
class S(str): pass
show('[type(part) for part in S("ab").partition("x")], [type(part) for part in S("axb").partition("x")]', lambda: ([type(part) for part in S("ab").partition("x")], [type(part) for part in S("axb").partition("x")]))
