# Dictionaries with integer, string and tuple keys: insertion, lookup, update, deletion, iteration.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


def words(count):
    state = 12345
    for _ in range(count):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        yield "w" + str((state >> 8) % 20000)


for _ in range(scaled(7)):
    counts = {}
    for word in words(250000):
        counts[word] = counts.get(word, 0) + 1
    table = {}
    for x in range(300):
        for y in range(300):
            table[x, y] = x * y
    total = 0
    for x in range(1, 299):
        for y in range(1, 299):
            total += table[x - 1, y] - table[x, y + 1] + len((x + y, y))
    numbers = dict.fromkeys(range(200000), 1)
    for number in range(0, 200000, 3):
        del numbers[number]
    for number in range(0, 200000, 2):
        numbers[number] = numbers.setdefault(number, 5) + 1
    merged = counts | {f"w{i}": -1 for i in range(0, 30000, 7)}
    print(len(counts), max(counts.values()), total, len(numbers), sum(numbers.values()), len(merged), sum(merged.values()), sum(1 for key, value in merged.items() if value > 12))
