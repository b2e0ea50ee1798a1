# Sorting with keys, comparisons in Python, and a sort written in Python.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


class Record:
    def __init__(self, name, age, score):
        self.name, self.age, self.score = name, age, score

    def __lt__(self, other):
        return (self.age, self.name) < (other.age, other.name)


def quick(items):
    if len(items) < 2:
        return items
    pivot = items[len(items) // 2]
    return quick([x for x in items if x < pivot]) + [x for x in items if x == pivot] + quick([x for x in items if x > pivot])


state = 99
records = []
for index in range(scaled(180000)):
    state = (state * 1103515245 + 12345) & 0x7FFFFFFF
    records.append(Record(f"n{state % 5003}", state >> 20, (state >> 5) % 1000 / 7))
by_age = sorted(records, key=lambda r: (r.age, r.name))
by_score = sorted(records, key=lambda r: -r.score)
by_text = sorted(records, key=lambda r: r.name[::-1], reverse=True)
by_order = sorted(records[:20000])
numbers = quick([r.age * 31 % 10007 for r in records])
plain = sorted([r.score for r in records] + [r.age for r in records])
checksum = 0
for a, b, c, n in zip(by_age, by_score, by_text, numbers):
    checksum = (checksum * 31 + a.age + int(b.score) + len(c.name) + n) % 1000000007
print(checksum, by_order[0].name, by_order[-1].name, f"{sum(plain):.3f}", min(records).age, max(records, key=lambda r: r.score).name)
