"""Counts the primes of a range, by trial division: a script that only computes.

    primes.py START [COUNT]

    krait -m krait.parallel Benchmarks/demos/primes.py 0 100000 200000 300000      # four ranges, on all cores
"""
import sys


def is_prime(number):
    if number < 4:
        return number > 1
    if number % 2 == 0:
        return False
    divisor = 3
    while divisor * divisor <= number:
        if number % divisor == 0:
            return False
        divisor += 2
    return True


start = int(sys.argv[1]) if len(sys.argv) > 1 else 0
count = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
print(f"{sum(map(is_prime, range(start, start + count))):6} primes from {start:,} to {start + count - 1:,}")
