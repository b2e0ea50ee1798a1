# A tight loop of float arithmetic and comparisons.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


def escape(cx, cy, limit):
    x = y = 0.0
    for step in range(limit):
        xx, yy = x * x, y * y
        if xx + yy > 4.0:
            return step
        y = 2.0 * x * y + cy
        x = xx - yy + cx
    return limit


size = 260
checksum = 0
for _ in range(scaled(9)):
    for row in range(size):
        cy = 2.4 * row / size - 1.2
        for column in range(size):
            checksum = (checksum * 31 + escape(3.0 * column / size - 2.2, cy, 80)) % 1000000007
print(checksum)
