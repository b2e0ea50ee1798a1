# Functions that hold cells, default arguments, lambdas and decorators.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


def counter(step):
    count = 0

    def bump(amount=1):
        nonlocal count
        count += amount * step
        return count
    return bump


def compose(*functions):
    def run(value):
        for function in functions:
            value = function(value)
        return value
    return run


def remembered(function):
    known = {}

    def wrapper(argument):
        if argument not in known:
            known[argument] = function(argument)
        return known[argument]
    return wrapper


@remembered
def collatz(n):
    return 0 if n == 1 else 1 + collatz(n // 2 if n % 2 == 0 else 3 * n + 1)


for _ in range(scaled(13)):
    bumps = [counter(step) for step in range(1, 6)]
    for index in range(250000):
        bumps[index % 5](index & 3)
    pipeline = compose(lambda x: x + 1, lambda x: x * 3, lambda x, y=7: x % (y * 1000003), abs)
    value = 1
    for _ in range(150000):
        value = pipeline(value)
    adders = [(lambda x, n=n: x + n) for n in range(10)]
    total = sum(adder(n) for n in range(10000) for adder in adders)
    print([bump(0) for bump in bumps], value, total, max(collatz(n) for n in range(1, 20000)))
