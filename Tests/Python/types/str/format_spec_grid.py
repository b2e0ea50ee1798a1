# The string format specification crossed over values.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for value in ["", "a", "abc", "é日", "\U0001f600"]:
    for spec in ["", "s", "5", "<5", ">5", "^5", "*^7", "05", "0<5", ".1", ".0", "5.2", "^6.1s", "日>4", "s<5", "<", "^", "_<4", "1", "00", "010s", "<05"]:
        show(f"{value!a} {spec!a}", lambda: ascii(format(value, spec)))
for spec in ["d", "=5", "+", "-", " ", "#", ",", "_", "z", "x", ".", ".s", "5.5.5", "ss", "=", "+s", "0=5", "99999999999999999999", "%", "c", "n"]:
    show(spec, lambda: format("abc", spec))
show('format("a", 5)', lambda: format("a", 5))
show('format("a")', lambda: format("a"))
show('format(object(), "x")', lambda: format(object(), "x"))
show('format(object)[:7], format(None), format(None, "")', lambda: (format(object)[:7], format(None), format(None, "")))
show('"a".__format__(">3"), object.__format__("a", "")', lambda: ("a".__format__(">3"), object.__format__("a", "")))
show('object.__format__("a", "x")', lambda: object.__format__("a", "x"))
