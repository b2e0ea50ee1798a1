# Permutations and reversals of small lists.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


def flips_of(permutation):
    work = permutation[:]
    flips = 0
    while (first := work[0]):
        work[:first + 1] = work[first::-1]
        flips += 1
    return flips


def fannkuch(n):
    order = list(range(n))
    counters = [0] * n
    most = flips_of(order)
    total = 0
    sign = 1
    depth = 1
    while depth < n:
        if counters[depth] < depth:
            index = counters[depth] if depth & 1 else 0
            order[index], order[depth] = order[depth], order[index]
            sign = -sign
            flips = flips_of(order)
            if flips > most:
                most = flips
            total += sign * flips
            counters[depth] += 1
            depth = 1
        else:
            counters[depth] = 0
            depth += 1
    return most, total


for _ in range(scaled(3)):
    for n in range(3, 10):
        print(n, *fannkuch(n))
