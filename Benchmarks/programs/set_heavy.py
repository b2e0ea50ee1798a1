# Sets: insertion, membership, algebra, comprehension and removal.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


def numbers(count, seed, limit):
    state = seed
    for _ in range(count):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        yield (state >> 7) % limit


for _ in range(scaled(6)):
    a = set(numbers(150000, 1, 100000))
    b = {n for n in numbers(150000, 2, 120000)}
    hits = 0
    for n in range(200000):
        if n in a and n not in b:
            hits += 1
    names = {str(n) for n in a if n % 3 == 0}
    pairs = {(n % 300, n % 700) for n in b}
    print(hits, len(a & b), len(a | b), len(a - b), len(a ^ b), a <= b, a.isdisjoint({-1, -2}), len(names), len(pairs), sum(a & b) % 65521)
    while len(b) > 1000:
        b.pop()
    seen = set()
    for n in numbers(150000, 3, 5000):
        if n in seen:
            seen.discard(n)
        else:
            seen.add(n)
    print(len(b), len(seen), sum(seen))
