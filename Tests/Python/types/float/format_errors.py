# Refused format specifications for floats.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for spec in ["d", "x", "b", "o", "c", "s", "X", "q", ".f", "1.", ".-1f", "f5", "5f5", "^", "<<", "**5", ",,", "__", ",_", "_,", "!", ",n", "_n", "#", "#x", " +", "+ ", "+-5", "zz", "z5", "5z", "99999999999999999999", ".99999999999999999999f", ".2147483648f", "\u00e9", "{}", "=", "05", "a5", "aa", ".5,", ".5,_", ".,f"]:
    show(ascii(spec), lambda: format(1.5, spec))
    show(ascii(spec) + " nan", lambda: format(float("nan"), spec))
