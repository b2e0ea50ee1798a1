# range, slice and the iterators.
class operator:
    @staticmethod
    def add(a, b): return a + b
def show(function):
    try:
        print(repr(function()))
    except Exception as error:
        print(type(error).__name__, error)
big = 1 << 70
for source in ('range(5)', 'range(2, 5)', 'range(5, 2, -1)', 'range(0, 10, 3)', 'range(0)', 'range(big)', 'range(-big, big, big)', 'range(big, -big, -big)', 'range(1 << 62, (1 << 62) + 3)', 'range((1 << 63) - 2, (1 << 63) + 2)', 'range(-(1 << 63), -(1 << 63) + 2)', 'range(True)', 'range(5, 5)', 'range(0, 10, big)', 'range(10, 0, -big)'):
    r = eval(source)
    print(source, r, bool(r), r.start, r.stop, r.step, hash(r) == hash(eval(source)), r == eval(source))
    show(lambda: len(r))
    show(lambda: list(r) if r.__len__() < 20 else None)
    show(lambda: list(reversed(r)) if r.__len__() < 20 else None)
    show(lambda: (r[0], r[-1], r[1:], r[::-1], r[-3:5:2], r[:big], r[5:2]))
    show(lambda: (3 in r, big in r, 2.0 in r, 'a' in r if len(r) < 20 else 0, True in r, r.count(3), r.index(3)))
    show(lambda: type(iter(r)))
    show(lambda: iter(r).__reduce__())
    show(lambda: (lambda i: (next(i), i.__length_hint__(), i.__reduce__(), i.__setstate__(1), next(i)))(iter(r)))
for source in ('range()', 'range(1, 2, 3, 4)', 'range(1, 2, 0)', 'range(1.5)', 'range("a")', 'range(1, stop=2)', 'range(3)[5]', 'range(3)[-4]', 'range(3)["a"]', 'range(3)[big]', 'range(3).index(7)', 'range(3).index("a")', 'range(3).index(1.0)', 'range(3).count(1.0)', 'range(3).count("a")', 'range(1) < range(2)', 'range(3) == [0, 1, 2]',
               'range(0) == range(2, 1)', 'range(0, 3, 2) == range(0, 4, 2)', 'range(3) != range(3)', 'hash(range(10)), hash(range(0)), hash(range(1)), hash(range(3, 4, 7))', 'range(3).start', 'range(10).__reduce__()', 'range(3) + range(2)', 'range(10)[slice(1, 5)]', 'range(3)[operator]', 'del_(range(3))',
               'slice(1)', 'slice(1, 2)', 'slice(1, 2, 3)', 'slice()', 'slice(1, 2, 3, 4)', 'slice(1, stop=2)', 'slice(None, 5).indices(3)', 'slice(5, None, -1).indices(10)', 'slice(-3, 100, 2).indices(10)', 'slice(None, None, -2).indices(10)', 'slice(1, 2, 0).indices(10)', 'slice("a").indices(10)', 'slice(1).indices(-1)', 'slice(1).indices("a")', 'slice(None, big).indices(big * 2)',
               'slice(-big, big, big).indices(big * 2)', 'hash(slice(1, 2, 3))', 'hash(slice([]))', 'slice(1) == slice(1)', 'slice(1) < slice(2)', 'slice(1) < slice("a")', 'slice(1) == 1', 'slice(1).__reduce__()', 'slice("a", [], {})', 'slice(1).start, slice(1).stop, slice(1).step', '{slice(1): 2}[slice(1)]',
               'list(enumerate("ab"))', 'list(enumerate("ab", 5))', 'list(enumerate("ab", start=big))', 'list(enumerate("abc", (1 << 62) - 2))', 'list(enumerate("abc", (1 << 63) - 2))', 'enumerate()', 'enumerate(1)', 'enumerate([], "a")', 'enumerate([], foo=1)', 'enumerate([], 1, 2)', 'enumerate([1]).__reduce__()[1][1]', 'next(enumerate(iterable=[7], start=1))',
               'list(zip())', 'list(zip([1, 2], "ab"))', 'list(zip([1, 2, 3], "ab", (4, 5)))', 'zip(1)', 'zip([], 1)', 'zip([], foo=1)', 'list(zip([1], [2, 3], strict=True))', 'list(zip([1, 2], [3], strict=True))', 'list(zip([1, 2], [3, 4], [5], strict=True))', 'list(zip([1], [2], [3, 4], strict=True))', 'list(zip([1], strict=True))', 'list(zip([1], [2], strict=True))', 'zip().__reduce__()',
               'list(map(len, ["a", "bc"]))', 'list(map(operator.add, [1, 2, 3], [4, 5]))', 'list(map(lambda *a: a, [1, 2], "ab", (3, 4)))', 'map()', 'map(len)', 'map(len, 1)', 'list(map(1, [2]))', 'list(map(lambda a, b: a, [1, 2], [1], strict=True))', 'map(len, [], foo=1)', 'map(len, []).__reduce__()[1][0]', 'list(map(len, [1]))',
               'list(filter(None, [0, 1, "", "a", [], None]))', 'list(filter(bool, [0, 1]))', 'list(filter(lambda x: x > 1, [1, 2, 3]))', 'filter(1)', 'filter(None, 1)', 'list(filter(1, [1]))', 'list(filter(lambda: 1, [1]))', 'list(reversed("abc"))', 'reversed(1)', 'reversed({1})', 'reversed()', 'list(reversed({1: 2, 3: 4}))', 'reversed("abc").__length_hint__()',
               'list(iter([1, 2]))', 'iter(1)', 'iter(int, 1, 2)', 'iter(1, 2)', 'list(iter(iter([1, 2, 3, 4]).__next__, 3))', 'iter(int, 0).__reduce__()[1]', 'next(iter([]))', 'next(iter([]), 5)', 'next(1)', 'iter([]).__setstate__("a")', 'sum(range(10), 5)', 'min(range(3)), max(range(3))', 'any(range(3)), all(range(3))', 'sorted(range(5, 0, -1))', '[*range(3)]', 'tuple(range(3))'):
    show(lambda: eval(source))
class Sequence:
    def __getitem__(self, index):
        if index < 4: return index * 10
        raise IndexError
print(list(Sequence()), 20 in Sequence(), iter(Sequence()).__reduce__()[2])
class WithLength(Sequence):
    def __len__(self): return 4
it = iter(WithLength())
print(it.__length_hint__(), next(it), it.__length_hint__(), list(it), list(it), list(reversed(WithLength())))
print(iter(Sequence()).__length_hint__())
class NotReversible:
    __reversed__ = None
show(lambda: reversed(NotReversible()))
class BadIter:
    def __iter__(self): return 5
show(lambda: iter(BadIter()))
show(lambda: list(BadIter()))
class Raises:
    def __getitem__(self, index): raise ValueError('bad')
show(lambda: list(Raises()))
class Stops:
    def __iter__(self): return self
    def __next__(self): raise StopIteration(5)
print(list(Stops()))
def fails():
    yield 1
    raise ValueError('generator')
show(lambda: list(zip(fails(), [1, 2])))
show(lambda: list(map(str, fails())))
show(lambda: list(filter(None, fails())))
show(lambda: list(enumerate(fails())))
show(lambda: [1, 2].extend(fails()))
show(lambda: set(fails()))
show(lambda: dict(fails()))
show(lambda: tuple(fails()))
class E(enumerate): pass
class Z(zip): pass
class M(map): pass
e = E('ab'); e.x = 1; print(list(e), e.x, list(Z('ab', 'cd')), list(M(str, [1])))
