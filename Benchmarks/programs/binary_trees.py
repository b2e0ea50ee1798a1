# Allocation and release of many small objects.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


class Node:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right

    def count(self):
        return 1 if self.left is None else 1 + self.left.count() + self.right.count()


def grow(depth):
    return Node(None, None) if depth == 0 else Node(grow(depth - 1), grow(depth - 1))


kept = grow(16)
for depth in range(4, 17, 2):
    rounds = scaled(6 * 2 ** (16 - depth))
    print(depth, rounds, sum(grow(depth).count() for _ in range(rounds)))
print(kept.count())
