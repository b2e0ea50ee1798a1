# A number in the source as a dict's key: found, missing, equal to other keys, in subclasses, and in dicts that change.
import collections
import threading


def first(mapping):
    return mapping[1]


def negative(mapping):
    return mapping[-2]


class Default(dict):
    def __missing__(self, key):
        return ("missing", key)


class Own(dict):
    def __getitem__(self, key):
        return ("own", key)


class Key:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        print("compared with", other)
        return other == 1


def check():
    plain = {1: "one", -2: "minus two", "1": "text"}
    for _ in range(200):
        assert first(plain) == "one" and negative(plain) == "minus two"
    print(first({1.0: "float"}), first({True: "bool"}), negative({-2.0: "float"}))
    print(first(Default()), first(Own()), first(collections.defaultdict(list)), first(collections.OrderedDict({1: 2})), first(collections.Counter()))
    print(first([3, 4]), first((5, 6)), first("ab"), first(b"ab"), negative([7, 8]))
    for mapping in ({}, {2: 3}, {"1": 2}, {(1,): 2}):
        try:
            first(mapping)
        except KeyError as error:
            print(type(error).__name__, error.args)
    print(first({Key(): "own key"}))
    for _ in range(100):
        assert first(plain) == "one"
    for number in range(300):
        plain[number * 8 + 1] = number
    assert first(plain) == 0
    del plain[1]
    try:
        print(first(plain))
    except KeyError as error:
        print(error)
    plain.clear()
    plain[1] = plain
    print(first(plain) is plain)


check()
# Beside another thread.
stop = threading.Event()
thread = threading.Thread(target=stop.wait)
thread.start()
check()
stop.set()
thread.join()
