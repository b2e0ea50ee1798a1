#!/usr/bin/env python3
"""What threads read in dicts and lists that others change is something that was there: by loops over keys, values and items, membership, keys that are tuples, slices, copies for native
functions, `zip` and `enumerate`; and calls with keywords, `*args` and `**kw` of functions that are replaced get their arguments.

    krait -X gil=none Tests/Stress/reading.py [SECONDS] [SEED]
"""
import random
import sys
import threading
import time

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 5
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
end = time.monotonic() + SECONDS
failures = []
threading.excepthook = lambda arguments: failures.append(repr(arguments.exc_value))


class Box:
    """Each value has an object of its own, so that one which was freed too early is noticed."""

    def __init__(self, key):
        self.key = key


texts = {}
pairs = {}
numbers = []
boxes = []
mixed = {}
frozen = frozenset(f"f{number}" for number in range(50))
functions = {}


def define(version):
    scope = {}
    exec(
        f"def keyword(a, b={version}, *, c=7): return (a, b, c)\n"
        f"def variadic(a, *rest): return (a, rest, {version})\n"
        f"def named(a, **others): return (a, others)\n",
        scope,
    )
    functions.update(scope)


define(0)


def changing(random):
    number = random.randrange(120)
    choice = random.randrange(16)
    key = f"k{number}"
    if choice < 5:
        texts[key] = Box(key)
        pairs[number, number + 1] = Box(number)
        mixed[number] = Box(number)
        mixed[float(number) + 0.5] = Box(number)
        mixed[b"%d" % number] = Box(number)
    elif choice < 9:
        texts.pop(key, None)
        pairs.pop((number, number + 1), None)
        mixed.pop(number, None)
        mixed.pop(float(number) + 0.5, None)
        mixed.pop(b"%d" % number, None)
    elif choice < 12:
        numbers.append(number)
        boxes.append(Box(number))
        numbers.append(f"n{number}")
    elif choice < 14:
        # Another thread may be faster.
        try:
            numbers.pop()
            boxes.pop(len(boxes) // 2)
        except IndexError:
            pass
    elif choice == 14:
        del numbers[random.randrange(40) :]
        del boxes[random.randrange(40) :]
    elif random.randrange(30) == 0:
        texts.clear()
        pairs.clear()
        mixed.clear()
        define(number)


def changes(seed):
    source = random.Random(seed)
    while time.monotonic() < end:
        for _ in range(200):
            changing(source)


def check(condition, what):
    if not condition:
        failures.append(what)


def looping():
    # A dict whose size changes ends a loop with an error, as it should.
    try:
        for key in texts:
            check(key[0] == "k", key)
        for value in texts.values():
            check(value.key[0] == "k", value)
        for key, value in texts.items():
            check(value.key == key, (key, value.key))
        for key, value in pairs.items():
            check(key == (value.key, value.key + 1), (key, value.key))
        for number, (key, value) in enumerate(texts.items()):
            check(value.key == key and number >= 0, key)
        for key, value, text in zip(texts, texts.values(), frozen):
            check(key[0] == value.key[0] == "k" and text in frozen, key)
    except RuntimeError as error:
        check("changed" in str(error), error)
    for box in boxes:
        check(type(box) is Box, box)
    for index, box in enumerate(boxes):
        check(isinstance(box, Box) and index >= 0, box)
    for number, box in zip(numbers, boxes):
        check(isinstance(number, (int, str)) and box.key >= 0, number)
    for number in (item for item in numbers):
        check(number is not None, number)
    for left, right, text in zip(boxes, reversed(boxes), frozen):
        check(left.key >= 0 and right.key >= 0 and text in frozen, text)


def looking():
    for number in range(120):
        value = pairs.get((number, number + 1))
        check(value is None or value.key == number, value)
        try:
            check(mixed[number].key == number, number)
        except KeyError:
            pass
        value = mixed.get(number + 0.5)
        check(value is None or value.key == number, value)
        value = mixed.get(b"%d" % number)
        check(value is None or value.key == number, value)
        check(mixed.get((number,)) is None, number)
        check(f"no{number}" not in texts and f"no{number}" not in frozen and -1 - number not in mixed, number)
        if f"k{number}" in texts:
            value = texts.get(f"k{number}")
            check(value is None or value.key == f"k{number}", value)
    check("never" not in numbers and -1 not in numbers, "never")
    for item in numbers[3:9]:
        check(isinstance(item, (int, str)), item)
    for item in boxes[-5:]:
        check(item.key >= 0, item)
    check(f"f{7}" in frozen and hash("f7") == hash("f" + "7"), "frozen")
    check(min([1, 2]) == 1, "min")
    try:
        check(sum(numbers, 0) >= 0, "sum")
    except TypeError:
        pass


def calling():
    for number in range(60):
        first, second, third = functions["keyword"](number, c=number)
        check(first == third == number and type(second) is int, first)
        first, second, third = functions["keyword"](b=number, a="a")
        check((first, second, third) == ("a", number, 7), first)
        first, rest, version = functions["variadic"](number, "x", number)
        check(first == number and rest == ("x", number) and type(version) is int, rest)
        first, others = functions["named"](number, x=number)
        check(others == {"x": number}, others)


def reads():
    while time.monotonic() < end:
        looping()
        looking()
        calling()


threads = [threading.Thread(target=changes, args=(SEED * 100 + index,)) for index in range(2)] + [threading.Thread(target=reads) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failures, failures[:5]
