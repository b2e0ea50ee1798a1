# Tuples: building, returning, swapping, unpacking in loops and comparisons.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


def split(n):
    return n // 7, n % 7, n & 1


def spread(first, *rest):
    return first + len(rest)


def step(state):
    a, b, (c, d) = state
    return b, a + 1, (d, c ^ a)


total = 0
state = (1, 2, (3, 4))
for index in range(scaled(1000000)):
    quotient, remainder, odd = split(index)
    quotient, remainder = remainder, quotient
    state = step(state)
    first, *middle, last = quotient, remainder, odd, index
    total += quotient - remainder + odd + first + last + len(middle) + spread(*state)
    if (quotient, remainder) < (3, index) and (odd, 1) == (1, 1):
        total += 1
points = [(n % 100, n % 37, str(n % 10)) for n in range(100000)]
for x, y, (text) in points:
    total += x * y + len(text)
for index, (x, y, *_) in enumerate(points):
    total += index & x & y
print(total, state, len(set(points)), max(points), min(points))
