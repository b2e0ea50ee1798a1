# Decimal, hexadecimal, octal and binary text of big integers.
for exponent in [10, 30, 31, 60, 62, 63, 64, 100, 127, 128, 500, 1000]:
    for delta in [-1, 0, 1]:
        value = 2**exponent + delta
        print(value, -value, hex(value), oct(-value), bin(value))
        assert int(str(value)) == value and int(hex(value), 16) == value and int(bin(-value), 0) == -value
print(10**100, 7**300, 3**1000 % 10**60)
print(str(10**1000).count("0"), len(str(9**2000)))
factorial = 1
for n in range(1, 101):
    factorial *= n
print(factorial, factorial // 3**48, factorial % 10**25)
