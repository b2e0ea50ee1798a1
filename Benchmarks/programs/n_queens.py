# Backtracking with generators and sets.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


def queens(n):
    columns, rising, falling = set(), set(), set()
    places = []

    def solve(row):
        if row == n:
            yield tuple(places)
            return
        for column in range(n):
            if column in columns or row + column in rising or row - column in falling:
                continue
            columns.add(column)
            rising.add(row + column)
            falling.add(row - column)
            places.append(column)
            yield from solve(row + 1)
            places.pop()
            columns.remove(column)
            rising.remove(row + column)
            falling.remove(row - column)

    return solve(0)


for _ in range(scaled(30)):
    for n in range(4, 11):
        count = checksum = 0
        for solution in queens(n):
            count += 1
            checksum = (checksum * 7 + sum(i * c for i, c in enumerate(solution))) % 65521
        print(n, count, checksum)
