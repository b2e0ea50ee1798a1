# Floats through the % operator.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for value in [0.0, -0.0, 1.5, -2.25, 1e10, 1e50, 1e-5, 123456.789, float("inf"), float("nan"), 7, True, 10**25]:
    for spec in ["%f", "%e", "%g", "%E", "%G", "%F", "%.0f", "%.3f", "%10.2f", "%-10.2f|", "%+f", "% f", "%010.2f", "%#.0f", "%#g", "%.10g", "%d", "%i", "%5d", "%s", "%r", "%a", "%.3s", "%x", "%c", "%o"]:
        show(f"{spec} {value!r}", lambda: spec % value)
show('"%*.*f" % (10, 2, 3.14159)', lambda: "%*.*f" % (10, 2, 3.14159))
show('"%*d" % (-5, 42)', lambda: "%*d" % (-5, 42))
show('"%.*f" % (-1, 3.7)', lambda: "%.*f" % (-1, 3.7))
show('"%f" % "a"', lambda: "%f" % "a")
show('"%f" % None', lambda: "%f" % None)
show('"%.200f" % 1.1', lambda: "%.200f" % 1.1)
show('"%f" % 1j', lambda: "%f" % 1j)
