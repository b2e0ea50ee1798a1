# Comparison, equality and hashes of integers with other numbers.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

VALUES = [0, 1, -1, -2, True, False, 0.0, -0.0, 1.0, 0.5, -1.5, 2**53, 2.0**53, 2**53 + 1, 2**63, 2.0**63, 2**63 - 1, 10**400, -10**400, float("inf"), float("-inf"), float("nan"), 1j, 1 + 0j]
for a in VALUES:
    print(hash(a) if a == a else "nan", end=": ")
    for b in VALUES:
        print(int(a == b), end="")
        if isinstance(a, complex) or isinstance(b, complex):
            print("c", end=" ")
        else:
            print(int(a < b), int(a <= b), int(a > b), int(a >= b), int(a != b), sep="", end=" ")
    print()
for value in [2**61 - 1, 2**61, 2**61 - 2, -(2**61 - 1), -(2**61), 2**122, 10**50, -10**50, -1, -2]:
    print(value, hash(value), hash(value) == hash(float(value)) if float(value) == value else "")
show('1 < "a"', lambda: 1 < "a")
show('1 < None', lambda: 1 < None)
show('1 < 1j', lambda: 1 < 1j)
show('sorted([3, 2.5, True, -1, 2**70, -2**70, 0.0])', lambda: sorted([3, 2.5, True, -1, 2**70, -2**70, 0.0]))
