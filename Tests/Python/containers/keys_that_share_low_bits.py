# Dicts whose keys' hashes differ in high bits alone, are equal for different keys, or are those of numbers of other types: also beside another thread.
import random
import threading


class Same:
    """Keys of one hash."""

    def __init__(self, name, number):
        self.name, self.number = name, number

    def __hash__(self):
        return self.number

    def __eq__(self, other):
        return isinstance(other, Same) and (self.name, self.number) == (other.name, other.number)

    def __repr__(self):
        return f"Same({self.name!r})"


KINDS = {
    "pages": [number << 12 for number in range(300)],
    "stacks": [0x7F0000000000 + number * 0x9600000 for number in range(300)],
    "beyond": [number << 47 for number in range(300)] + [number << 48 for number in range(300)] + [(number << 61) + number for number in range(1, 300)],
    "negative": [-1 - number * 4096 for number in range(300)] + [-2, -1, 0],
    "fractions": [number / 64 for number in range(300)],
    "mixed": [0, 0.5, 4096, 4096.0, True, 1 << 24, float(1 << 24), (1 << 24) + 4096, complex(1 << 36), 1 << 36, "text", b"bytes", (1, 2), None, frozenset()],
    "same": [Same(name, hash) for name in range(30) for hash in (0, 1 << 12, 1 << 24, (1 << 12) ^ (1 << 24))],
}


def check(name, keys, seed):
    choice = random.Random(seed)
    dict_of, pairs = {}, []
    for number in range(4 * len(keys)):
        key = choice.choice(keys)
        index = next((index for index, (other, _) in enumerate(pairs) if other == key), -1)
        action = choice.randrange(5)
        if action < 3:
            dict_of[key] = number
            if index < 0:
                pairs.append((key, number))
            else:
                pairs[index] = (pairs[index][0], number)
        elif action == 3:
            assert dict_of.pop(key, None) == (None if index < 0 else pairs.pop(index)[1])
        else:
            assert (key in dict_of) is (index >= 0) and dict_of.get(key, "none") == ("none" if index < 0 else pairs[index][1])
    assert list(dict_of.items()) == pairs and all(dict_of[key] == value for key, value in pairs)
    copy = dict(dict_of)
    copy.update({key: 0 for key in keys})
    assert [*copy][: len(pairs)] == [key for key, _ in pairs] and all(copy[key] == 0 for key in keys)
    print(name, len(pairs), len(copy), pairs[:2], pairs[-1:])


def check_all():
    for seed, (name, keys) in enumerate(KINDS.items()):
        check(name, keys, seed)


check_all()
stop = threading.Event()
thread = threading.Thread(target=stop.wait)
thread.start()
check_all()
stop.set()
thread.join()

# Known to several threads, each with its own ident as key.
tables = {}


def own():
    name = threading.get_ident()
    tables[name] = []
    for number in range(3000):
        tables[name].append(number)
        if number % 1000 == 999:
            del tables[name]
            tables[name] = [number]


threads = [threading.Thread(target=own) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print({tuple(table) for table in tables.values()})
