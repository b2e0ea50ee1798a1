# Floor division, modulo and divmod for all signs and zero.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for a in [7, -7, 0, 1, -1, 10**25, -10**25, 6, -6]:
    for b in [2, -2, 3, -3, 0, 7, -7, 10**12, -10**12, 10**26]:
        show(f"{a} // {b}", lambda: a // b)
        show(f"{a} % {b}", lambda: a % b)
        show(f"divmod({a}, {b})", lambda: divmod(a, b))
