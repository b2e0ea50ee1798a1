# is_integer, as_integer_ratio, conjugate, floor, ceil, trunc, from_number.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

inf = float("inf"); nan = float("nan")
for value in [0.0, -0.0, 1.0, -1.5, 2.5, 1e300, 5e-324, 0.1, inf, -inf, nan]:
    print(value, value.is_integer(), value.real, value.imag, value.conjugate(), abs(value), -value, +value, bool(value))
    for name in ["as_integer_ratio", "__trunc__", "__floor__", "__ceil__", "__int__", "__round__"]:
        show(name, lambda: getattr(value, name)())
show('float.from_number(3), float.from_number(2.5), float.from_number(True)', lambda: (float.from_number(3), float.from_number(2.5), float.from_number(True)))
show('float.from_number("3")', lambda: float.from_number("3"))
show('float.from_number(10**400)', lambda: float.from_number(10**400))
show('float.__getformat__("double"), float.__getformat__("float")', lambda: (float.__getformat__("double"), float.__getformat__("float")))
show('float.__getformat__("int")', lambda: float.__getformat__("int"))
show('float.__add__(1.0, 2), float.__add__(1.0, "a"), float.__radd__(1.0, 2), float.__rpow__(2.0, 3)', lambda: (float.__add__(1.0, 2), float.__add__(1.0, "a"), float.__radd__(1.0, 2), float.__rpow__(2.0, 3)))
show('float.__eq__(1.0, 1), float.__lt__(1.0, 10**400), float.__hash__(1.5)', lambda: (float.__eq__(1.0, 1), float.__lt__(1.0, 10**400), float.__hash__(1.5)))
show('(1.5).x', lambda: (1.5).x)
show('1.5 .is_integer()', lambda: 1.5 .is_integer())
show('hash(0.5), hash(-0.5), hash(1e300), hash(inf), hash(-inf), hash(2.0**61), hash(0.1), hash(5e-324)', lambda: (hash(0.5), hash(-0.5), hash(1e300), hash(inf), hash(-inf), hash(2.0**61), hash(0.1), hash(5e-324)))
show('hash(nan) == hash(nan)', lambda: hash(nan) == hash(nan))
