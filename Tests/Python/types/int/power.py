# Integer powers, negative exponents and the three-argument pow.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for base in [0, 1, -1, 2, -2, 3, 10, -7, 2**31, 10**20]:
    for exponent in [0, 1, 2, 3, 5, 17, 40]:
        print(base, exponent, base ** exponent)
    for exponent in [-1, -2, -3]:
        show(f"{base} ** {exponent}", lambda: base ** exponent)
for base in [0, 1, -1, 2, 5, -5, 12345678901234567890]:
    for exponent in [0, 1, 2, 100, -1, 10**18]:
        for modulus in [1, -1, 2, 7, -7, 97, 10**9 + 7, 2**64, -10**20]:
            show(f"pow({base}, {exponent}, {modulus})", lambda: pow(base, exponent, modulus))
show('pow(2, 3, 0)', lambda: pow(2, 3, 0))
show('pow(2, -1, 4)', lambda: pow(2, -1, 4))
show('pow(2, 3, 4.0)', lambda: pow(2, 3, 4.0))
show('pow(2.0, 3, 4)', lambda: pow(2.0, 3, 4))
show('pow(2, 3, None)', lambda: pow(2, 3, None))
show('pow(base=2, exp=10)', lambda: pow(base=2, exp=10))
show('pow(2, 3, mod=5)', lambda: pow(2, 3, mod=5))
show('pow("a", 2)', lambda: pow("a", 2))
show('2 ** 1000', lambda: 2 ** 1000)
show('2 ** 0.5', lambda: 2 ** 0.5)
show('(-8) ** (1/3)', lambda: (-8) ** (1/3))
show('0 ** 0', lambda: 0 ** 0)
show('0 ** -1', lambda: 0 ** -1)
