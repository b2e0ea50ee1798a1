# Keys that are no str, and say that they equal one, in dicts with nothing but str keys: again and again, as fast paths come later.
import subprocess
import sys


class Number(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


class Pair(tuple):
    def __eq__(self, other):
        return True

    def __hash__(self):
        return tuple.__hash__(self)


def store(mapping, key):
    mapping[key] = 5
    return len(mapping)


def found(mapping, key):
    return key in mapping, mapping.get(key), mapping.get(key, "no")


text = next(text for text in map(str, range(1000)) if abs(hash(text)) < sys.hash_info.modulus)
key = Number(hash(text))
print(hash(key) == hash(text))
for _ in range(40):
    result = found({text: 1}, key), store({text: 1}, key), found({text: 1}, 5), store({text: 1}, 5)
    result += found({text: 1}, Pair()), store({text: 1}, ()), found({text: 1}, b"1"), store({text: 1}, b"1"), found({text: 1}, True), found({text: 1}, found)
print(result)

PROGRAM = """
def store(mapping, key):
    mapping[key] = 5

def ask(mapping, key):
    return mapping.get(key)

def contains(mapping, key):
    return key in mapping

def read(mapping, key):
    return mapping[key]

for action in store, ask, contains, read:
    results = set()
    for _ in range(40):
        for mapping in {"abc": 1}, {"abc": 1, 2: 3}:
            try:
                results.add(action(mapping, b"abc"))
            except (BytesWarning, KeyError) as error:
                results.add(repr(error))
    print(action.__name__, sorted(map(str, results)))
"""
for options in ["-bb"], ["-b", "-Wignore"], []:
    result = subprocess.run([sys.executable, *options, "-c", PROGRAM], capture_output=True, text=True, env={"PYTHONHASHSEED": "0"})
    print(options, result.stdout, result.stderr)
