# Generators, send, delegation and pipelines.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


class Tree:
    def __init__(self, depth):
        self.value = depth
        self.left = Tree(depth - 1) if depth else None
        self.right = Tree(depth - 1) if depth else None

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


def averages():
    total = count = 0
    while True:
        value = yield total // max(count, 1)
        total += value
        count += 1


def numbers(limit):
    number = 0
    while number < limit:
        yield number
        number += 1


def pairs(source):
    previous = None
    for item in source:
        if previous is not None:
            yield previous, item
        previous = item


tree = Tree(11)
for _ in range(scaled(27)):
    walked = sum(tree)
    average = averages()
    next(average)
    last = 0
    for number in numbers(120000):
        last = average.send(number)
    odd = sum(a * b % 7 for a, b in pairs(n for n in numbers(150000) if n % 2))
    squares = sum(x * x for x in range(150000))
    print(walked, last, odd, squares)
