# Ordering of strings by code point, across widths.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

WORDS = ["", "a", "b", "ab", "B", "é", "z", "日", "\U0001f600", "\uffff", "\x00", "a\x00", "aé", "a日"]
for a in WORDS:
    print(ascii(a), "".join("<" if a < b else "=" if a == b else ">" for b in WORDS), "".join(str(int(a <= b)) + str(int(a >= b)) + str(int(a != b)) for b in WORDS))
print(ascii(sorted(WORDS)), ascii(max(WORDS)), ascii(min(WORDS)))
show('"a" < 1', lambda: "a" < 1)
show('"a" < b"a"', lambda: "a" < b"a")
show('"a" == b"a", "a" != b"a", "a" == 1, "1" == 1', lambda: ("a" == b"a", "a" != b"a", "a" == 1, "1" == 1))
show('"a" >= None', lambda: "a" >= None)
class S(str):
    def __eq__(self, other): print("S.__eq__"); return NotImplemented
    def __lt__(self, other): print("S.__lt__"); return NotImplemented
    def __gt__(self, other): print("S.__gt__"); return "greater"
    __hash__ = str.__hash__
show('"a" == S("a"), S("a") == "a", "a" < S("b"), S("a") < "b", S("a") == S("a")', lambda: ("a" == S("a"), S("a") == "a", "a" < S("b"), S("a") < "b", S("a") == S("a")))
show('{"a": 1}[S("a")]', lambda: {"a": 1}[S("a")])
show('"a" in "abc", "" in "", "abc" in "ab", "é" in "caféx"', lambda: ("a" in "abc", "" in "", "abc" in "ab", "é" in "caféx"))
show('1 in "abc"', lambda: 1 in "abc")
show('b"a" in "abc"', lambda: b"a" in "abc")
show('None in "abc"', lambda: None in "abc")
