# upper, lower, title, capitalize, swapcase and casefold over ASCII, Latin, Greek and special characters.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

SAMPLES = ["", "abc", "ABC", "aBc dEf", "they're bill's", "x1y2z", "straße", "ǆ ǅ Ǆ", "ŉ", "ΑΣ", "ΑΣ Σ", "ὈΔΥΣΣΕΎΣ", "İI ıi", "ﬁ ﬂ ﬀ", "ÿ Ÿ µ", "ᾳ ᾼ ᾈ", "\U00010400\U00010428", "ßẞ", "1a 2b_c-d", "ⅷ Ⅷ ⓐ Ⓐ", "ა Ა", "\u0345", "a\u0301b"]
for s in SAMPLES:
    print(ascii(s), *(ascii(getattr(s, name)()) for name in ["upper", "lower", "title", "capitalize", "swapcase", "casefold"]))
show('"a".upper(1)', lambda: "a".upper(1))
show('str.upper()', lambda: str.upper())
show('str.upper(b"a")', lambda: str.upper(b"a"))
