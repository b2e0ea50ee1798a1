# Arithmetic of big integers: digits of pi by a streaming spigot.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


def digits():
    q, r, t, k = 1, 0, 1, 1
    while True:
        numerator = 3 * q + r
        digit = numerator // t
        if digit == (4 * q + r) // t:
            yield digit
            q, r = 10 * q, 10 * (r - digit * t)
        else:
            q, r, t, k = q * k, (2 * q + r) * (2 * k + 1), t * (2 * k + 1), k + 1


wanted = scaled(5200)
line = []
for count, digit in enumerate(digits(), 1):
    line.append(str(digit))
    if count % 50 == 0 or count == wanted:
        print("".join(line), count)
        line.clear()
    if count == wanted:
        break
