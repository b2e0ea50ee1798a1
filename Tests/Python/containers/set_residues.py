# Membership after every kind of change, against a list: keys whose hashes share their last bits, equal hashes, deletions, growth, exchange.
import random

random.seed(7)
KEYS = [*range(-12, 24), -1 - 64, 63, 64, 127, 128, 192, 2**61 - 1, 2**61 - 2, -(2**61), 2**70, 1.0, 2.5, -2.0, "a", "b", "", b"a", (1, 2), (1, (2,)), None, True, frozenset({1}), 10**30]


def check(have, keys):
    for key in KEYS:
        assert (key in have) == (key in keys), (key, have, keys)
        if key in have:
            continue
        if have.__contains__(key):
            print("contains", key)
    assert len(have) == len(keys)


def remove(keys, key):
    del keys[keys.index(key)]


for round in range(60):
    have, keys = set(), []
    for step in range(120):
        key = random.choice(KEYS)
        what = random.randrange(14)
        if what < 6:
            have.add(key)
            if key not in keys:
                keys.append(key)
        elif what < 9:
            have.discard(key)
            if key in keys:
                remove(keys, key)
        elif what == 9 and have:
            remove(keys, have.pop())
        elif what == 10:
            have = have.copy() if round % 2 else set(list(have))
        elif what == 11:
            other = random.sample(KEYS, 5)
            have ^= set(other)
            for item in set(other):
                remove(keys, item) if item in keys else keys.append(item)
        elif what == 12:
            other = set(random.sample(KEYS, 30))
            have &= other
            keys = [item for item in keys if item in list(other)]
        elif what == 13 and step % 40 == 0:
            have.clear()
            keys = []
        if step % 6 == 0:
            check(have, keys)
    check(have, keys)
    check(frozenset(have), keys)
print("as a list says")


class Odd:
    def __init__(self, number):
        self.number = number

    def __hash__(self):
        return self.number % 4 - 2

    def __eq__(self, other):
        return isinstance(other, Odd) and self.number == other.number


odd = {Odd(n) for n in range(40)}
for n in range(0, 40, 3):
    odd.remove(Odd(n))
print(sorted(o.number for o in odd), [n for n in range(40) if Odd(n) in odd] == sorted(o.number for o in odd), -1 in odd, -2 in odd)
