# Complex powers.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for a in [0j, 1j, 1 + 1j, -2 + 0.5j, 2, -1.5]:
    for b in [0, 1, 2, 3, -1, -2, 0j, 1 + 0j, 2 + 0j, -2 + 0j, 5, 20, 100]:
        show(f"({a}) ** ({b})", lambda: complex(a) ** b)
show('0j ** -1', lambda: 0j ** -1)
show('0j ** 1j', lambda: 0j ** 1j)
show('0j ** (1 + 1j)', lambda: 0j ** (1 + 1j))
show('pow(1j, 2, 3)', lambda: pow(1j, 2, 3))
show('pow(1j, 2)', lambda: pow(1j, 2))
show('1j ** "a"', lambda: 1j ** "a")
show('complex(1e200, 1e200) ** 2', lambda: complex(1e200, 1e200) ** 2)
show('complex(1e200, 1e200) ** 5', lambda: complex(1e200, 1e200) ** 5)
show('abs(((-1) ** 0.5) - 1j) < 1e-15', lambda: abs(((-1) ** 0.5) - 1j) < 1e-15)
show('type((-8) ** 0.5)', lambda: type((-8) ** 0.5))
