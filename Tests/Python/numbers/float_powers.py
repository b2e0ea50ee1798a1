# Powers of floats, and floats with small integers, whether the operation is done once or so often that it was specialised.
def power_constant(x):
    return x ** 0.5


def power_negative(x):
    return x ** -1.5


def power_huge(x):
    return x ** 1e6


def square(x):
    return x ** 2


def cube(x):
    return x ** 3


def inverse_square(x):
    return x ** -2


def constant(x):
    return x ** 0


def power(x, y):
    return x ** y


def in_place(x, y):
    x **= y
    return x


def halves(x):
    return x / 2, x + 2, x - 3, x * 5, x / -7


def by_zero(x):
    return x / 0


def positive(x):
    return [bool(1 if x < 0 else 0), bool(1 if x <= 0 else 0), bool(1 if x == 0 else 0), bool(1 if x != 0 else 0), bool(1 if x > 0 else 0), bool(1 if x >= 0 else 0)]


def negated(x):
    return ["no" if not x < 3 else "yes", "no" if not x >= -2 else "yes", "no" if not x == 3 else "yes"]


class Number(float):
    def __pow__(self, other):
        return "own power"

    def __truediv__(self, other):
        return "own quotient"

    def __lt__(self, other):
        return "own comparison"


def show(function, *arguments):
    try:
        result = function(*arguments)
    except Exception as error:
        result = f"{type(error).__name__}: {error}"
    print(function.__name__, arguments, repr(result))


inf, nan = float("inf"), float("nan")
values = [2.0, 0.25, 1.0, -1.0, -8.0, 0.0, -0.0, 1e-300, 1e300, -1e300, 5e-324, 1e-40, 1e40, 3.7, -2.5, inf, -inf, nan, 7, -7, 0, True, 2**53, 2**53 + 1, 2**61, 10**30, -(10**400),
          Number(2.5), Number(-2.5), 1j]
for function in (power_constant, power_negative, power_huge, square, cube, inverse_square, constant, halves, by_zero, positive, negated):
    for _ in range(100):
        # An integer's power of a million would take long.
        for warm in (2.5, 1.5):
            try:
                function(warm)
            except (OverflowError, ZeroDivisionError):
                pass
    for value in values:
        if function in (positive, negated) and value == 1j:
            continue
        show(function, value)
        show(function, 1.25)
for _ in range(100):
    power(2.5, 1.5)
    in_place(2.5, 1.5)
for x in values:
    for y in (0.5, -0.5, 2.0, -2.0, 3.0, 0.0, -0.0, 1e3, inf, -inf, nan, 2, -3):
        if isinstance(x, int) and abs(x) > 2**64 or isinstance(x, complex):
            continue
        show(power, x, y)
        show(in_place, x, y)
