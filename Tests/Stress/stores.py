"""Threads that store numbers in attributes of the same objects and in the same cells, each in its own, while others add and delete attributes there, ask for the objects' dicts and put new objects in their places.

What a thread stored last it must find, and what was never stored under a name must not be found there.
"""
import random
import sys
import threading
import time

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 5
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
END = time.monotonic() + SECONDS
THREADS = 3
# Numbers of different threads, told apart.
OWN = 1_000_000


class Shared:
    def __init__(self):
        self.n0 = self.n1 = self.n2 = 0


def variables():
    first = second = third = 0

    def add(which):
        nonlocal first, second, third
        if which == 0:
            first += 1
            return first
        if which == 1:
            second += 1
            return second
        third += 1
        return third

    def keep(value):
        nonlocal kept
        kept = value
        return kept

    kept = None
    return add, keep


class Slotted:
    __slots__ = ("n0", "n1", "n2", "last0", "last1", "last2", "__dict__")
    __init__ = Shared.__init__


shared = [Shared(), Slotted(), Shared(), Slotted()]
add, keep = variables()
failed = []


def store0(it, value):
    for value in range(value, value + 40):
        it.n0 = value
        assert it.n0 == value, (it.n0, value)


def store1(it, value):
    for value in range(value, value + 40):
        it.n1 = value
        assert it.n1 == value, (it.n1, value)


def store2(it, value):
    for value in range(value, value + 40):
        it.n2 = value
        assert it.n2 == value, (it.n2, value)


# The last attribute, in turns one of each thread in the same place.
def last0(it, value):
    for value in range(value, value + 20):
        it.last0 = value
        it.last0 = value + 1
        assert it.last0 == value + 1, (it.last0, value)
        del it.last0


def last1(it, value):
    for value in range(value, value + 20):
        it.last1 = value
        it.last1 = value + 1
        assert it.last1 == value + 1, (it.last1, value)
        del it.last1


def last2(it, value):
    for value in range(value, value + 20):
        it.last2 = value
        it.last2 = value + 1
        assert it.last2 == value + 1, (it.last2, value)
        del it.last2


def disturb(rng, number):
    """Changes what objects look like; an attribute of this thread's own comes and goes."""
    it = rng.choice(shared)
    what = rng.randrange(40)
    if what < 30:
        (last0, last1, last2)[number](it, number * OWN)
    elif what == 30:
        for name, value in list(it.__dict__.items()):
            assert name == "kept" or value == 0 or value // OWN == int(name[-1]), (name, value)
    elif what < 35:
        # A new one for everybody who looks.
        shared[rng.randrange(4)] = rng.choice((Shared, Slotted))()
    else:
        it.kept = [number]
        it.kept = number


def worker(number):
    try:
        rng = random.Random(SEED * 100 + number)
        store = (store0, store1, store2)[number]
        count = 0
        while time.monotonic() < END:
            for _ in range(20):
                store(rng.choice(shared), number * OWN + rng.randrange(1000))
                count += 1
                assert add(number) == count
                kept = keep(rng.choice((number, None, [number], 0.5)))
                assert kept in (None, 0.5) or kept in (0, 1, 2) or kept[0] in (0, 1, 2)
                if rng.random() < 0.3:
                    disturb(rng, number)
    except BaseException:
        failed.append(number)
        raise


threads = [threading.Thread(target=worker, args=(number,)) for number in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failed
print("ok")
