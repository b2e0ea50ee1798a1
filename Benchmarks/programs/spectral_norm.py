# Nested loops over a function of two integers and float lists.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


def entry(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(vector):
    return [sum([entry(i, j) * x for j, x in enumerate(vector)]) for i in range(len(vector))]


def transposed_times(vector):
    return [sum([entry(j, i) * x for j, x in enumerate(vector)]) for i in range(len(vector))]


size = 130
u = [1.0] * size
for _ in range(scaled(120)):
    v = transposed_times(times(u))
    u = transposed_times(times(v))
above = sum(a * b for a, b in zip(u, v))
below = sum(b * b for b in v)
print(f"{(above / below) ** 0.5:.9f}")
