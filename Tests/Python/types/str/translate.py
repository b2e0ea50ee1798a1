# translate and maketrans.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

print(str.maketrans("abc", "xyz"), str.maketrans("ab", "xy", "z"), str.maketrans({"a": 1, 98: "long", "c": None}))
table = str.maketrans({"a": "A", "b": None, "c": "ccc", 100: 0x1f600, "e": ""})
print(ascii("abcde é".translate(table)), "xyz".translate({}), "abc".translate({97: 98}), "abc".translate(["x"] * 200))
class T:
    def __getitem__(self, code):
        if code == 98: raise LookupError(code)
        if code == 99: raise ZeroDivisionError
        return code + 1
show('"a".translate(T()), "ab".translate(T())', lambda: ("a".translate(T()), "ab".translate(T())))
show('"abc".translate(T())', lambda: "abc".translate(T()))
show('"a".translate({97: 0x110000})', lambda: "a".translate({97: 0x110000}))
show('"a".translate({97: -1})', lambda: "a".translate({97: -1}))
show('"a".translate({97: 1.5})', lambda: "a".translate({97: 1.5}))
show('"a".translate({97: b"x"})', lambda: "a".translate({97: b"x"}))
show('"a".translate(None)', lambda: "a".translate(None))
show('"a".translate(5)', lambda: "a".translate(5))
show('"a".translate()', lambda: "a".translate())
show('str.maketrans("ab", "x")', lambda: str.maketrans("ab", "x"))
show('str.maketrans("a")', lambda: str.maketrans("a"))
show('str.maketrans({"ab": 1})', lambda: str.maketrans({"ab": 1}))
show('str.maketrans({1.5: 1})', lambda: str.maketrans({1.5: 1}))
show('str.maketrans("a", 1)', lambda: str.maketrans("a", 1))
show('str.maketrans("a", "b", 1)', lambda: str.maketrans("a", "b", 1))
show('str.maketrans("aa", "xy", "a")', lambda: str.maketrans("aa", "xy", "a"))
show('str.maketrans()', lambda: str.maketrans())
show('str.maketrans("", "")', lambda: str.maketrans("", ""))
