# Arithmetic with infinities, not-a-number, signed zeros and subnormals.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

inf = float("inf"); nan = float("nan")
VALUES = [0.0, -0.0, 1.0, -1.0, 1.5, -2.5, inf, -inf, nan, 5e-324, 1e308, 1e-308]
for a in VALUES:
    for b in VALUES:
        print(a, b, a + b, a - b, a * b, a < b, a <= b, a == b, a != b, a > b, a >= b)
        show(f"{a} / {b}", lambda: a / b)
        show(f"{a} // {b}", lambda: a // b)
        show(f"{a} % {b}", lambda: a % b)
        show(f"divmod({a}, {b})", lambda: divmod(a, b))
