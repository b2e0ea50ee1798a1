# Recursive calls of a small function.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


for n in range(20, 20 + scaled(14)):
    print(n, fib(n))
