"""What a set holds when the keys that it gives up end: `clear`, `intersection_update`, `&=`, and sets that go back to their smallest table."""


class Key:
    def __init__(self, name, of):
        self.name = name
        self.of = of

    def __hash__(self):
        return self.name

    def __del__(self):
        print(self.name, sorted(key if isinstance(key, int) else key.name for key in self.of), len(self.of))
        self.of.add(self.name)


def made(count):
    keys = set()
    for number in range(count):
        keys.add(Key(100 + number, keys))
    keys.update(range(count))
    return keys


for count in (1, 2, 3, 20):
    print("clear", count)
    keys = made(count)
    keys.clear()
    print(sorted(keys))
    print("intersection_update", count)
    keys = made(count)
    keys.intersection_update(range(count // 2, 1000))
    print(sorted(keys))
    print("&=", count)
    keys = made(count)
    keys &= {0, 1, 2}
    print(sorted(keys))
    keys &= set()
    print(keys)

# Many additions and removals in few places: the smallest table is made anew again and again.
few = set()
for number in range(1000):
    few.add(number & 3)
    few.discard(number * 7 & 3)
print(sorted(few), [key in few for key in range(5)])
for number in range(40):
    few.add(number)
for number in range(38):
    few.discard(number)
few -= set(range(30))
print(sorted(few), 38 in few, 3 in few)
few &= {38, 39, 40}
few |= {1}
few ^= {1, 2}
print(sorted(few))

# While it is looped over, a set may get another table of the same size, or its keys may be exchanged.
keys = set(range(5))
try:
    for key in keys:
        keys.intersection_update(range(100))
    print("same")
    for key in keys:
        keys.discard(key)
        keys.add(key + 10)
    print(sorted(keys))
except RuntimeError as error:
    print(error)
keys = {1, 2, 3}
iterator = iter(keys)
next(iterator)
keys &= {1}
try:
    print(next(iterator))
except RuntimeError as error:
    print(error)
