# Complex arithmetic on a grid, with special values.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

inf = float("inf"); nan = float("nan")
VALUES = [0j, 1j, -1j, 1 + 2j, -3.5 + 0.25j, 2, 1.5, -0.0, complex(-0.0, -0.0), complex(inf, 1), complex(1, nan), True, 10**20]
for a in VALUES:
    for b in VALUES:
        if isinstance(a, complex) or isinstance(b, complex):
            for operator, function in {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b, "==": lambda: a == b}.items():
                show(f"{a} {operator} {b}", function)
