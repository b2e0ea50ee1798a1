# Subscripts with a step and assignments to slices, done so often that the slice need not be made; what replaced items do when they end.
import gc


class Loud:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"<{self.name}>"

    def __del__(self):
        seen.append((self.name, len(work) if work is not None else None))


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


class Own(list):
    def __getitem__(self, key):
        return key


def pick(sequence, start, stop, step):
    return sequence[start:stop:step]


def pick_backward(sequence, start):
    return sequence[start::-1]


def pick_own(sequence, part):
    # The destination is the container's own place.
    return (sequence or part)[::part]


def replace(sequence, start, stop, values):
    sequence[start:stop] = values


seen, work = [], None
numbers = list(range(10))
for _ in range(100):
    pick(numbers, 1, 8, 2)
    pick_backward(numbers, 3)
    pick_own(numbers, 2)
bounds = [None, 0, 1, 3, 9, 10, 11, -1, -3, -10, -11, 2**70, -(2**70), 2**62, -(2**62), True, Index(4)]
count = 0
for start in bounds:
    for stop in bounds:
        for step in (None, 1, 2, 3, -1, -2, 20, -20, 2**62, -(2**62), 2**70, -(2**70), Index(-3)):
            count += 1
            assert pick(numbers, start, stop, step) == numbers[slice(start, stop, step)], (start, stop, step)
            assert pick("0123456789", start, stop, step) == "".join(map(str, numbers[slice(start, stop, step)]))
            assert pick(tuple(numbers), start, stop, step) == tuple(numbers[slice(start, stop, step)])
print(count, "slices")
print(pick_backward(numbers, 4), pick_backward([], 4), pick_backward(["a", "b"], -1), pick_own(numbers, 3), pick_own("abcdef", 2))
for arguments in ((numbers, 1, 2, 0), (numbers, "a", 2, 1), (numbers, 1, 2, 1.5), (5, 1, 2, 3), ({}, 1, 2, 3), (Own(), 1, None, 3), (range(10), 8, 1, -2), (b"abcdef", 4, None, -1)):
    try:
        print(pick(*arguments))
    except Exception as error:
        print(type(error).__name__, error)

for _ in range(100):
    target = list(range(6))
    replace(target, 0, 3, [7, 8, 9])
    replace(target, None, None, target[::-1])
print(target)
kept = [1, 2, 3]
replace(target, 1, 4, kept)
print(target, kept)
replace(target, 1, 4, target[4:] + target[:1])
print(target)
replace(target, 1, 2, [])
replace(target, -2, None, [0, 0, 0])
replace(target, 3, 1, [5])
replace(target, 100, 200, [6])
replace(target, -100, 1, (4,))
print(target)
work = [Loud("a"), Loud("b"), Loud("c")]
replace(work, 0, 2, [Loud("d"), Loud("e")])
print(work, sorted(seen))
seen.clear()
replace(work, 0, 3, [work[2], work[1], work[0]])
print(work, seen)
replace(work, 0, 3, work)
print(work, seen)
replace(work, 0, None, [work, work, 1])
print(len(work), work[0] is work, sorted(seen))
work = None
gc.collect()


def drain(items):
    taken = []
    while items:
        taken.append(items.pop())
    return taken


for _ in range(100):
    drain([1, 2, 3])
print(drain(["a", "b"]), drain(list(range(100)))[:3])


def pop_of(items):
    return items.pop()


class Stack(list):
    def pop(self):
        return "own pop"


for _ in range(100):
    pop_of([1])
for items in ([], [1], Stack([1]), {2}, {}, (1,), bytearray(b"a"), [[1]]):
    try:
        print(pop_of(items), items)
    except Exception as error:
        print(type(error).__name__, error)
many = list(range(1000))
for _ in range(990):
    many.pop()
print(many, many.__sizeof__() < 300)
