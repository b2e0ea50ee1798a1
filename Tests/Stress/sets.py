#!/usr/bin/env python3
"""What threads read in sets that others change is true of some moment: a key that stays is found, one that never was is not, whatever comes, goes and makes the table grow meanwhile; who adds or
takes out a key sees it at once, and so does who is told of it; loops and native functions give what was there.

    krait -X gil=none Tests/Stress/sets.py [SECONDS] [SEED]
"""
import gc
import random
import sys
import threading
import time

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 5
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
end = time.monotonic() + SECONDS
failures = []
threading.excepthook = lambda arguments: failures.append(repr(arguments.exc_value))


def check(condition, what):
    if not condition:
        failures.append(what)


class Box:
    """Hashed by identity. Each has an object of its own, so that one which was freed too early is noticed."""

    def __init__(self, key):
        self.key = [key]


class Odd:
    """Compared by Python."""

    def __init__(self, key):
        self.key = key

    def __hash__(self):
        return hash(self.key)

    def __eq__(self, other):
        return isinstance(other, Odd) and self.key == other.key


class Tagged(set):
    pass


def keys(number):
    """Equal keys of several kinds, made anew each time."""
    return number, f"k{number}", (number, f"t{number}"), b"%d" % number, number + 0.5, 2**80 + number, frozenset((number,))


boxes = [Box(number) for number in range(20)]
# What stays in the sets: few, so that a set may have its smallest table, and many.
stays = [set(keys(-1)[:1]), {*keys(-1)[1:3]}, {key for number in range(-9, 0) for key in keys(number)} | {*boxes[:10]}]
steady = [set(part) for part in stays]
STAYING = [list(part) for part in stays]
most = {key for number in range(-9, 200) for key in keys(number)} | {*boxes}
# Keys are added to these, and taken out again, one by one: comparing keys may run Python, so that whole operations do not happen at once.
open_sets = [set(), {Odd(-3), -3, "k"}]
wild = [set(), Tagged(), set()]
texts = {f"s{number}" for number in range(5)}
numbers = {-5}
told = [set(), 0, 0]


def change_steady(random):
    index = random.randrange(3)
    shared = steady[index]
    number = random.randrange(4 if index < 2 else 200)
    key = keys(number)[random.randrange(7)]
    choice = random.randrange(20)
    if choice < 8:
        shared.add(key)
    elif choice < 14:
        shared.discard(key)
    elif choice == 14:
        shared.update(keys(number))
    elif choice == 15:
        shared.difference_update(keys(number))
    elif choice == 16:
        shared &= stays[index] if index < 2 else most
    elif choice == 17:
        shared |= {boxes[random.randrange(10, 20)], Box(number)} if index == 2 else {number}
    elif choice == 18:
        shared ^= {number, number + 1}
    elif random.randrange(8) == 0:
        shared.intersection_update(stays[index])


def change_wild(random):
    shared = wild[random.randrange(3)]
    choice = random.randrange(16)
    number = random.randrange(60)
    if choice < 7:
        shared.add(Box(number))
        shared.add(f"k{number}")
    elif choice < 10:
        shared.discard(f"k{number}")
    elif choice < 13:
        # Another thread may be faster.
        try:
            shared.pop()
            shared.pop()
        except KeyError:
            pass
    elif choice == 13:
        shared.clear()
    elif choice == 14:
        texts.add(f"s{number + 5}") or numbers.add(number)
    else:
        texts.discard(f"s{number + 5}") or numbers.discard(number)


def changes(seed):
    source = random.Random(seed)
    own = 0
    while time.monotonic() < end:
        for _ in range(100):
            change_steady(source)
            change_wild(source)
            own += 1
            for shared in open_sets:
                key = ("own", seed, own & 7)
                shared.add(key)
                check(key in shared and ("own", seed, own & 7) in shared, key)
                shared.discard(key)
                check(key not in shared and not ("own", seed, own & 7) in shared, key)
            open_sets[1].add(own & 255)
            open_sets[1].discard(own * 7 & 255)
            if own & 1023 == 0:
                open_sets[1].update(range(1000, 1200))
                open_sets[1].difference_update(range(1000, 1200))


def look():
    for shared, staying in zip(steady, STAYING):
        for key in staying:
            check(key in shared, key)
            if key not in shared:
                check(False, key)
        check(len(shared) >= len(staying) and shared and not not shared, len(shared))
        check(-77 not in shared and "never" not in shared and ("never", 1) not in shared and None not in shared and 0.25 not in shared and Box not in shared, "never")
    for number in range(-9, 0):
        for key in keys(number):
            check(key in steady[2], key)
    check(Odd(-3) in open_sets[1] and -3 in open_sets[1] and "k" in open_sets[1] and Odd(-4) not in open_sets[1], "Odd")


def check_whole(key):
    """A key that a loop gives is one that was put there, and has not been freed."""
    check(type(key) in (int, str, tuple, bytes, float, frozenset) or type(key) is Box and key.key[0] >= 0, key)


def loop():
    # A set whose size changes ends a loop with an error, as it should.
    for shared in (*steady, *wild):
        try:
            for key in shared:
                check_whole(key)
            # Two loops side by side see different moments: the other's key may be another one.
            for number, (key, other) in enumerate(zip(shared, shared)):
                check(number >= 0, number)
                check_whole(key)
                check_whole(other)
            check(all(item is not None for item in shared), "all")
        except RuntimeError as error:
            check("changed" in str(error), error)
    try:
        check({type(text) for text in texts} == {str}, "texts")
    except RuntimeError as error:
        check("changed" in str(error), error)
    check(sum(numbers) >= -5 and min(numbers) == -5 and max(numbers) < 60 and sorted(numbers)[0] == -5, "numbers")
    joined = "".join(texts)
    check(all(f"s{number}" in joined for number in range(5)), joined)
    check(set(numbers) >= {-5} and -5 in list(numbers) and {-5} | numbers and len(tuple(texts)) >= 5, "copies")


def reads():
    while time.monotonic() < end:
        look()
        loop()


def tells():
    """Keys are there before others are told of them."""
    shared = told[0]
    while time.monotonic() < end:
        number = told[1] + 1
        shared.add(number)
        shared.add(f"told {number}")
        told[1] = number
        while told[2] != number:
            if time.monotonic() >= end:
                return
        shared.discard(number)
        shared.discard(f"told {number}")


def hears():
    shared = told[0]
    while time.monotonic() < end:
        number = told[1]
        if number != told[2]:
            check(number in shared and f"told {number}" in shared, number)
            told[2] = number


threads = [threading.Thread(target=changes, args=(SEED * 100 + index,)) for index in range(2)]
threads += [threading.Thread(target=work) for work in (reads, reads, tells, hears)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failures, failures[:5]
for shared, staying in zip(steady, STAYING):
    assert shared.issuperset(staying)
    shared.intersection_update(staying)
    assert len(shared) == len(staying) and all(key in shared for key in staying)
for shared in wild:
    assert sum(1 for key in shared) == len(shared)
    shared.clear()
gc.collect()
living = sum(type(item) is Box for item in gc.get_objects())
assert living == len(boxes), living
