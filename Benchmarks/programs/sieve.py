# A list of flags written with steps, and counted.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


def sieve(limit):
    flags = [True] * (limit + 1)
    flags[0] = flags[1] = False
    number = 2
    while number * number <= limit:
        if flags[number]:
            multiple = number * number
            while multiple <= limit:
                flags[multiple] = False
                multiple += number
        number += 1
    count = total = 0
    for number in range(limit + 1):
        if flags[number]:
            count += 1
            total += number
    return count, total


for turn in range(scaled(32)):
    print(*sieve(500000 + turn))
