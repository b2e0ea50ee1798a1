# round() of integers to negative digits goes to even.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for value in [0, 5, 15, 25, 35, 45, 49, 50, 51, 55, 149, 150, 151, 250, -5, -15, -25, -50, -150, 12345, 99999, 10**30 + 5 * 10**9, 2**64]:
    print(value, [round(value, digits) for digits in (2, 0, -1, -2, -3, -10)], round(value), round(value, None))
show('round(5, 10**30)', lambda: round(5, 10**30))
show('round(5, 1.0)', lambda: round(5, 1.0))
show('round(5, "x")', lambda: round(5, "x"))
show('round()', lambda: round())
show('round(5, ndigits=-1)', lambda: round(5, ndigits=-1))
show('round(True), round(True, -1)', lambda: (round(True), round(True, -1)))
