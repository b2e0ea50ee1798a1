# round() of floats: half to even, digits, huge and tiny digits.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for value in [0.5, 1.5, 2.5, -0.5, -1.5, 2.675, 1.005, 0.125, 0.375, 1e16, 1e22, 123456.789, -123456.789, 5e-324, 1.7976931348623157e308, 0.1, 4.35, 1234.5, 5e15 + 0.5, 0.49999999999999994, 2.5e-5]:
    print(value, round(value), [round(value, digits) for digits in (0, 1, 2, 3, 5, 10, 17, 25, -1, -2, -3, -5)], round(value, None))
show('round(float("inf"))', lambda: round(float("inf")))
show('round(float("nan"))', lambda: round(float("nan")))
show('round(float("inf"), 2), round(float("nan"), 2)', lambda: (round(float("inf"), 2), round(float("nan"), 2)))
show('round(1.5, 400), round(1.5, -400), round(-1.5, -400)', lambda: (round(1.5, 400), round(1.5, -400), round(-1.5, -400)))
show('round(1.7976931348623157e308, -308)', lambda: round(1.7976931348623157e308, -308))
show('round(1e308 * 1.5, -308)', lambda: round(1e308 * 1.5, -308))
show('round(1.5, 2**70)', lambda: round(1.5, 2**70))
show('round(1.5, 1.5)', lambda: round(1.5, 1.5))
show('round(1.5, "1")', lambda: round(1.5, "1"))
show('round("1.5")', lambda: round("1.5"))
show('round(1.5, True)', lambda: round(1.5, True))
