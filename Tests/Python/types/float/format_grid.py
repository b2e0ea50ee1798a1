# The float format specification: type, precision, sign, width, grouping, alternate, zero.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

inf = float("inf"); nan = float("nan")
for value in [0.0, -0.0, 1.0, -1.5, 3.14159, 1234567.891, 1e-7, 1e20, 0.5, 99.95, inf, -inf, nan]:
    for spec in ["", "e", "E", "f", "F", "g", "G", "n", "%", ".0f", ".1f", ".3e", ".0e", ".3g", ".0g", ".10g", "#g", "#.0f", "#.0e", "#.3g", "+", " ", "-", "+.2f", "012.3f", "<12", ">12", "^12", "=12", "*^15.2f", "0=12.1f", ",", "_", ",.2f", "_.3e", "012,.2f",
                 "+,", "z.0f", "z", "z.1f", ".2%", "10.1%", ".3", ".20", "8.3", "-08.2f", "020", "+020,.1f", ".50g", ",.2%", ".2,f", ".5_f", ".6,"]:
        show(f"{value!r} {spec!r}", lambda: format(value, spec))
