# list.sort and sorted: order, stability, errors, lists that change meanwhile.
class random:
    """Numbers that look random, the same everywhere."""
    state = 1
    @classmethod
    def seed(cls, n): cls.state = n * 7919 + 1
    @classmethod
    def randrange(cls, low, high=None):
        if high is None: low, high = 0, low
        cls.state = (cls.state * 6364136223846793005 + 1442695040888963407) % 2 ** 64
        return low + (cls.state >> 33) % (high - low)
    @classmethod
    def random(cls): return cls.randrange(2 ** 30) / 2 ** 30
    @classmethod
    def choice(cls, items): return items[cls.randrange(len(items))]
random.seed(5)
def check(data, **options):
    before = data[:]
    result = sorted(data, **options)
    data.sort(**options)
    assert data == result or any(x != x for x in data)
    assert sorted(map(id, before)) == sorted(map(id, data))
    return result
kinds = {
    'int': lambda n: random.randrange(n + 1),
    'big': lambda n: random.randrange(n + 1) << 70,
    'float': lambda n: random.random(),
    'str': lambda n: str(random.randrange(n + 1)),
    'wide': lambda n: chr(random.randrange(0x3000, 0x3000 + n + 1)),
    'tuple': lambda n: (random.randrange(5), str(random.randrange(n + 1))),
    'mixed': lambda n: random.choice((random.randrange(n + 1), random.random())),
    'list': lambda n: [random.randrange(n + 1)],
}
for name, make in kinds.items():
    for n in (0, 1, 2, 3, 10, 31, 32, 33, 63, 64, 65, 100, 500, 1000, 3000):
        data = [make(n) for _ in range(n)]
        r = check(data[:])
        assert all(not r[i + 1] < r[i] for i in range(n - 1))
        r2 = check(data[:], reverse=True)
        assert all(not r2[i] < r2[i + 1] for i in range(n - 1))
        # Stability
        tagged = [(x, i) for i, x in enumerate(data)]
        r = check(tagged[:], key=lambda t: t[0])
        assert all(r[i][0] < r[i + 1][0] or (not r[i + 1][0] < r[i][0] and r[i][1] < r[i + 1][1]) for i in range(n - 1))
        r = check(tagged[:], key=lambda t: t[0], reverse=True)
        assert all(r[i + 1][0] < r[i][0] or (not r[i][0] < r[i + 1][0] and r[i][1] < r[i + 1][1]) for i in range(n - 1))
    print(name, 'ok')
# Shapes with runs
for n in (100, 1000, 5000):
    for data in (list(range(n)), list(range(n, 0, -1)), [i % 7 for i in range(n)], list(range(n)) + list(range(n)), [1] * n, list(range(n // 2)) + list(range(n // 2, 0, -1)),
                 [x for i in range(n // 10) for x in (i, n - i)], [min(i, n - i) for i in range(n)], sorted(range(n), key=lambda x: x // 10 * -1)):
        r = check(data[:])
        assert r == sorted(r) and all(r[i] <= r[i + 1] for i in range(len(r) - 1))
        tagged = [(x, i) for i, x in enumerate(data)]
        r = check(tagged[:], key=lambda t: t[0])
        assert r == sorted(tagged)
print('runs ok')
class Counted:
    count = 0
    def __init__(self, x): self.x = x
    def __lt__(self, other):
        Counted.count += 1
        return self.x < other.x
for shape in ('random', 'ascending', 'descending', 'equal', 'twice', 'drop', 'saw'):
    for n in (2, 10, 50, 64, 100, 1000):
        random.seed(n)
        data = {'random': lambda: [random.random() for _ in range(n)], 'ascending': lambda: list(range(n)), 'descending': lambda: list(range(n, 0, -1)), 'equal': lambda: [1] * n,
                'twice': lambda: list(range(n // 2)) * 2, 'drop': lambda: list(range(n)) + [0], 'saw': lambda: [i % 9 for i in range(n)]}[shape]()
        Counted.count = 0
        sorted(map(Counted, data))
        print(shape, n, Counted.count)
class Boom:
    def __init__(self, x, after): self.x, self.after = x, after
    def __lt__(self, other):
        self.after[0] -= 1
        if self.after[0] < 0: raise ValueError('boom')
        return self.x < other.x
for n in (5, 50, 100, 300):
    for after in (0, 1, 5, 30, 100, 300, 500, 1000, 2000):
        random.seed(n * after)
        left = [after]
        l = [Boom(random.randrange(n), left) for _ in range(n)]
        before = sorted(map(id, l))
        try:
            l.sort()
        except ValueError:
            pass
        assert sorted(map(id, l)) == before
print('exceptions ok')
def fails(**options):
    l = [3, 1, 2]
    try:
        l.sort(**{name: option(l) for name, option in options.items()})
    except Exception as error:
        print(type(error).__name__, error, l)
    else:
        print(l)
fails(key=lambda l: lambda x: (l.append(x), x)[1])
fails(key=lambda l: lambda x: (l.clear(), x)[1])
fails(key=lambda l: lambda x: len(l))
fails(key=lambda l: lambda x: 1 / 0)
fails(key=lambda l: lambda: 1)
fails(key=lambda l: 5)
fails(reverse=lambda l: 'yes')
fails(reverse=lambda l: [])
class Mean:
    def __lt__(self, other): l.append(1); return False
l = [Mean(), Mean(), Mean()]
try: l.sort()
except ValueError as error: print(error, len(l))
for bad in ([1, 'a'], ['a', 1], [None, 1], [(1, 'a'), (1, 2)], [1j, 2j], [{}, {}], [1, 2, 3, None, 5]):
    try: bad.sort()
    except TypeError as error: print(error)
print(sorted([3.5, 1, True, 2 ** 70, -1.5, float('inf'), -(2 ** 80)]))
print(sorted(['b', 'a', '\xff', '\u3000', '\U0001f600', '', 'ab']), sorted({3: 1, 1: 2}), sorted('hello'), sorted((3, 1, 2), reverse=True), sorted([(1, 'b'), (1, 'a'), (0, 'z')]))
print(sorted([[1, 2], [1], [], [0, 5]]), sorted([(2,), (1, 2), (1,), ()]), sorted([(1.0, 2), (1, 1)]), sorted([(None, 1), (None, 0)], key=lambda t: t[1]))
print(min([3, 1, 2]), max('abc'), max([1, 5, 3], key=lambda x: -x), min([], default=7))
