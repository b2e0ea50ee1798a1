# sort and sorted: stability, keys, reverse, errors and mutation during the sort.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

data = [(3, "c"), (1, "b"), (3, "a"), (2, "z"), (1, "a")]
print(sorted(data), sorted(data, key=lambda p: p[0]), sorted(data, key=lambda p: p[0], reverse=True), sorted(data, reverse=True))
print(sorted([5, 2.5, True, -3]), sorted("bAc"), sorted(["b", "A"], key=str.lower), sorted([[2], [1, 5], [1]]), sorted([], key=5), sorted([0.0, -0.0, 0]), sorted({3: 1, 1: 2}))
show('sorted([1, "a", 2])', lambda: sorted([1, "a", 2]))
show('sorted([None, 1])', lambda: sorted([None, 1]))
show('[3, 1, "x"].sort()', lambda: [3, 1, "x"].sort())
show('[1, 2].sort(5)', lambda: [1, 2].sort(5))
show('[2, 1].sort(key=5)', lambda: [2, 1].sort(key=5))
show('[2, 1].sort(reverse="yes")', lambda: [2, 1].sort(reverse="yes"))
show('[2, 1].sort(reverse=None)', lambda: [2, 1].sort(reverse=None))
show('sorted([2, 1], key=lambda: 1)', lambda: sorted([2, 1], key=lambda: 1))
show('sorted([2, 1], key=lambda x: 1 / 0)', lambda: sorted([2, 1], key=lambda x: 1 / 0))
show('[1j, 2j].sort()', lambda: [1j, 2j].sort())
class K:
    count = 0
    def __init__(self, v): self.v = v
    def __lt__(self, other):
        K.count += 1
        return self.v < other.v
    def __repr__(self): return f"K{self.v}"
work = [K((i * 37) % 101) for i in range(200)]
work.sort()
print(work, K.count)
work.sort(reverse=True); print(K.count)
broken = [3, 1, 2]
def spoil(x):
    broken.append(9)
    return x
show('broken.sort(key=spoil)', lambda: broken.sort(key=spoil))
print(broken)
def look(x):
    print("during", other)
    return -x
other = [1, 2]
other.sort(key=look)
print(other)
numbers = [(i * 7919) % 1009 for i in range(1500)]
print(sorted(numbers) == sorted(numbers, reverse=True)[::-1], sum(i * n for i, n in enumerate(sorted(numbers))), sorted(numbers, key=lambda n: n % 10)[:20])
for pattern in (range(100), range(100, 0, -1), [0] * 50, list(range(50)) + list(range(50)), [i ^ 21 for i in range(64)]):
    K.count = 0
    sorted(map(K, pattern))
    print(K.count)
