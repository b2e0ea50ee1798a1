# bit_length, bit_count, conjugate, real, imag, as_integer_ratio, is_integer and the rounding dunders.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for value in [0, 1, -1, 2, 255, 256, -256, 2**62, -2**63, 2**100 - 1, 3**100, True]:
    print(value, value.bit_length(), value.bit_count(), value.conjugate(), value.real, value.imag, value.numerator, value.denominator, value.as_integer_ratio(), value.is_integer())
    print(value.__trunc__(), value.__floor__(), value.__ceil__(), value.__round__(), value.__int__(), value.__index__(), value.__bool__(), value.__float__(), value.__hash__(), value.__neg__())
show("setattr(5, 'real', 3)", lambda: setattr(5, 'real', 3))
show('(5).foo', lambda: (5).foo)
show('int.bit_length("a")', lambda: int.bit_length("a"))
show('int.bit_count()', lambda: int.bit_count())
show('(5).bit_length(1)', lambda: (5).bit_length(1))
show('(10**400).__float__()', lambda: (10**400).__float__())
show('int.__add__(1, 2.0), int.__add__(1, True), int.__eq__(1, "a"), int.__lt__(1, 2.0)', lambda: (int.__add__(1, 2.0), int.__add__(1, True), int.__eq__(1, "a"), int.__lt__(1, 2.0)))
show('int.__add__(1.0, 2)', lambda: int.__add__(1.0, 2))
show('int.__radd__(1, 2), int.__rsub__(1, 2), int.__rfloordiv__(2, 7), int.__rpow__(2, 3), int.__pow__(2, 3, 5)', lambda: (int.__radd__(1, 2), int.__rsub__(1, 2), int.__rfloordiv__(2, 7), int.__rpow__(2, 3), int.__pow__(2, 3, 5)))
show('(5).__class__, isinstance((5).__doc__, str)', lambda: ((5).__class__, isinstance((5).__doc__, str)))
