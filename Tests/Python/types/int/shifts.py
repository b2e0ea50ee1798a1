# Shifts by small, large, zero and negative counts.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

VALUES = [0, 1, -1, 3, -3, 2**31, -2**31, 2**62 - 1, -2**62, 2**63, 3**50, -3**50]
for value in VALUES:
    for count in [0, 1, 2, 29, 30, 31, 32, 59, 60, 61, 62, 63, 64, 65, 100, 127, 1000]:
        print(value, count, value << count, value >> count)
show('1 << -1', lambda: 1 << -1)
show('1 >> -1', lambda: 1 >> -1)
show('0 << 10**30', lambda: 0 << 10**30)
show('1 >> 10**30', lambda: 1 >> 10**30)
show('-1 >> 10**30', lambda: -1 >> 10**30)
show('0 >> -5', lambda: 0 >> -5)
show('1 << 2**70', lambda: 1 << 2**70)
show('True << 3', lambda: True << 3)
show('8 >> True', lambda: 8 >> True)
show('1 << 1.0', lambda: 1 << 1.0)
