"""Copies of sets: the order is that of a set made anew, whatever the table of the original."""
import itertools


def show(s):
    print(type(s).__name__, list(s))


class Own(set): pass
class Frozen(frozenset): pass


for n in (0, 1, 4, 5, 7, 8, 15, 16, 30, 60, 200):
    grown = set()
    for k in range(n):
        grown.add(k * 37 % 1009)
    at_once = set(list(grown))
    fewer = set(grown)
    for k in itertools.islice(grown, n // 2):
        fewer.discard(k)
    for s in (grown, at_once, fewer, frozenset(grown), Own(grown), Frozen(fewer), set(map(str, range(0))), fewer | grown):
        show(set(s))
        show(frozenset(s))
        show(s.copy())
        show(s | {1, 2})
        show(s.union([3], "a") if n < 2 else s.union([3]))
        show(s.difference([5]))
        show(s - {0})
        show(s ^ {9, 0})
        c = set(s)
        c.add(10 ** 6)
        c.discard(0)
        c.update(range(20))
        show(c)
        print(set(s) == s, hash(frozenset(s)) == hash(frozenset(list(s))))
