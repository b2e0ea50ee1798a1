# repr, format, attributes, hash, comparison and errors of complex numbers.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

inf = float("inf"); nan = float("nan")
for value in [0j, -0j, 1j, -1j, 1 + 0j, complex(-0.0, 0.0), complex(-0.0, -0.0), 1.5 - 2.5j, 1e20 + 1e-5j, complex(inf, nan), complex(nan, -inf), 3 + 4j]:
    print(value, repr(value), str(value), value.real, value.imag, value.conjugate(), abs(value), -value, +value, bool(value), [value])
    for spec in ["", ".2f", ".3e", "g", ".3g", "+", ">30", "<30", "^30", "*^30.1f", "n", "#.0f", "+.2f", ",", "_.2f"]:
        show(f"{value} {spec!r}", lambda: format(value, spec))
for spec in ["d", "x", "s", "%", "c", "=20", "020", "0>10", ".f", "z.1f", "q"]:
    show(spec, lambda: format(1j, spec))
show('hash(1j), hash(1 + 0j) == hash(1), hash(2 - 3j), hash(complex(0, -1)), hash(complex(0.5, 0.5))', lambda: (hash(1j), hash(1 + 0j) == hash(1), hash(2 - 3j), hash(complex(0, -1)), hash(complex(0.5, 0.5))))
show('1j < 2j', lambda: 1j < 2j)
show('1j > 1', lambda: 1j > 1)
show('1j // 1', lambda: 1j // 1)
show('1j % 1', lambda: 1j % 1)
show('divmod(1j, 1)', lambda: divmod(1j, 1))
show('int(1j)', lambda: int(1j))
show('float(1j)', lambda: float(1j))
show('round(1j)', lambda: round(1j))
show('1j.real.is_integer()', lambda: 1j.real.is_integer())
show('setattr(1j, "real", 2)', lambda: setattr(1j, "real", 2))
show('abs(complex(1e308, 1e308))', lambda: abs(complex(1e308, 1e308)))
show('abs(complex(inf, nan)), abs(complex(nan, 1))', lambda: (abs(complex(inf, nan)), abs(complex(nan, 1))))
show('1j == 1, 1 + 0j == 1, 1j != 1j, 0j == 0 == 0.0 == False, complex(nan) == complex(nan)', lambda: (1j == 1, 1 + 0j == 1, 1j != 1j, 0j == 0 == 0.0 == False, complex(nan) == complex(nan)))
show('(1+2j).__getnewargs__(), (1+2j).__complex__(), complex.__add__(1j, 2), complex.__add__(1j, "a"), complex.__eq__(1j, "a")', lambda: ((1+2j).__getnewargs__(), (1+2j).__complex__(), complex.__add__(1j, 2), complex.__add__(1j, "a"), complex.__eq__(1j, "a")))
show('~1j', lambda: ~1j)
show('1j & 1', lambda: 1j & 1)
