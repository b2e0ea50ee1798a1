# List, set and dict comprehensions and generator expressions, nested and filtered.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


for _ in range(scaled(24)):
    numbers = [n * n % 1009 for n in range(150000)]
    even = [n for n in numbers if n % 2 == 0]
    pairs = [(a, b) for a in range(300) for b in range(a) if (a * b) % 7 == 1]
    table = {n: n % 13 for n in range(60000)}
    inverse = {value: [] for value in table.values()}
    for key, value in table.items():
        inverse[value].append(key)
    residues = {n % 101 for n in numbers}
    grid = [[i ^ j for j in range(200)] for i in range(200)]
    turned = [[row[i] for row in grid] for i in range(200)]
    words = ["".join(chr(97 + (n >> s) % 26) for s in (0, 4, 8)) for n in range(20000)]
    found = any(n == 1010 for n in numbers)
    every = all(n < 1009 for n in even)
    print(len(even), len(pairs), sum(map(len, inverse.values())), len(residues), sum(sum(row) for row in turned), len({w for w in words}), found, every)
