# Powers of floats, with special values and complex results.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

inf = float("inf"); nan = float("nan")
for a in [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, inf, -inf, nan, 10.0, 1e200]:
    for b in [0.0, -0.0, 1.0, -1.0, 2.0, 3.0, -3.0, 0.5, -0.5, inf, -inf, nan, 1e3]:
        show(f"{a} ** {b}", lambda: a ** b)
show('2 ** 0.5, 2.0 ** 10, 10 ** -2, 4 ** -0.5', lambda: (2 ** 0.5, 2.0 ** 10, 10 ** -2, 4 ** -0.5))
show('(-8) ** (1.0 / 3)', lambda: (-8) ** (1.0 / 3))
show('pow(2.0, 3.0), pow(2.0, 3)', lambda: (pow(2.0, 3.0), pow(2.0, 3)))
show('pow(2.0, 3, 5)', lambda: pow(2.0, 3, 5))
show('2.0 ** "a"', lambda: 2.0 ** "a")
show('2.0 ** None', lambda: 2.0 ** None)
show('10.0 ** 400', lambda: 10.0 ** 400)
show('10.0 ** 10**400', lambda: 10.0 ** 10**400)
