# Sets and frozensets: order of iteration, operators, methods, errors.
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
def show(function):
    try:
        print(repr(function()))
    except Exception as error:
        print(type(error).__name__, error)
for n in (0, 1, 3, 4, 5, 10, 20, 30, 76, 77, 100, 500, 2000):
    random.seed(n)
    numbers = [random.randrange(-n * 3, n * 3 + 1) for _ in range(n)]
    s = set(numbers)
    print(n, list(s)[:60], hash(frozenset(numbers)))
    for x in numbers[::3]: s.discard(x)
    print(list(s)[:30])
    for x in numbers[::5]: s.add(x)
    print(list(s)[:30], len(s))
    t = set(numbers[n // 2:])
    for r in (s | t, s & t, s - t, t - s, s ^ t, t ^ s, s.union(t, [1, 2]), s.intersection(numbers), s.difference(numbers[::2]), s.symmetric_difference(numbers[::4]), s.difference({x: 1 for x in numbers[::3]}), s.symmetric_difference({x: 1 for x in numbers[::3]}), s.union({x: 1 for x in numbers}), s.intersection(numbers[::2], t)):
        print(list(r)[:20], len(r))
    u = s.copy(); u |= t; print(list(u)[:20])
    u = s.copy(); u &= t; print(list(u)[:20])
    u = s.copy(); u -= t; print(list(u)[:20])
    u = s.copy(); u ^= t; print(list(u)[:20])
    u = s.copy(); print([u.pop() for _ in range(min(len(u), 10))], list(u)[:10])
    print(list(set(range(n)))[:10], list(set(range(n, 0, -1)))[:10], list(set(x / 4 for x in range(n)))[:20], list({(x, x) for x in range(n)})[:3], list(frozenset(s))[:10])
print({1, 2, 3}, {3, 2, 1}, set(), frozenset(), frozenset({1}), {1.0, 1, True}, {None} , {(), (1,)}, {frozenset()}, {2 ** 70, -(2 ** 70)})
for source in ('set(1)', '{[]}', '[] in {1}', '{1}.add([])', '{1}.remove(2)', '{1}.remove([])', '{1}.remove({3})', '{1}.discard({3})', '{frozenset({3})}.discard({3})', '{3} in {frozenset({3})}', 'set().pop()', '{1} | [1]', '{1} & [1]', '{1} - [1]', '{1} ^ [1]', '{1} < [1]', '{1} == [1]', '{1} != [1]',
               '{1}.union(5)', '{1}.issubset(5)', '{1}.issuperset([])', '{1}.isdisjoint(5)', '{1}.update(5)', 'set(1, 2)', 'set(a=1)', 'frozenset(1, 2)', 'frozenset(a=1)', 'hash(set())', '{1}.intersection([[]])', '{1}.difference([[]])', '{1}.symmetric_difference([[]])', '{1}.union([[]])', '{1}.isdisjoint([[]])', '{1}.issuperset([[]])',
               '{1} < {1, 2}, {1} <= {1}, {1} > {1}, {1, 2} >= {1}, {1} == {1.0}, {1} != frozenset({1})', '{1}.issubset([1, 2]), {1}.issubset([2]), {1, 2}.issuperset([1])', '{1}.isdisjoint({2}), {1}.isdisjoint([1])', 'type({1} | frozenset()), type(frozenset() | {1})',
               'frozenset([1]).copy() is frozenset([1])', '{1}.__or__(1)', '{1}.__ior__([1])', '{1}.__contains__([])', 'frozenset({1}).add', '{1}.__reduce__()', '{1}.copy(1)', '{1}.add()', '{1}.pop(1)', '{1}.union()', '{1}.intersection(), {1}.difference()', '{1}.__rsub__({1, 2})', 'iter({1}).__length_hint__()', 'iter({1}).__reduce__()', 'set.__hash__', 'set("hello") == set("olleh")', '{*[1], *{2}}', '{x for x in range(3)}'):
    show(lambda: eval(source))
f = frozenset([1, 2])
print(f is frozenset(f), set(f) == f, hash(f) == hash(frozenset([2, 1])), {f: 1}[frozenset([1, 2])], f.copy() is f)
s = {1, 2, 3}
try:
    for x in s: s.add(x + 10)
except RuntimeError as error: print(error)
try:
    for x in s: s.clear()
except RuntimeError as error: print(error)
for x in s: pass
class Key:
    def __init__(self, action=None): self.action = action
    def __hash__(self): return 1
    def __eq__(self, other):
        if self.action and armed: self.action()
        return self is other
for action in (lambda: s.clear(), lambda: s.add(len(s)) if len(s) < 100 else None, lambda: (s.clear(), s.update(range(30))), lambda: s.pop() if s else None):
    for use in (lambda s: Key() in s, lambda s: s.add(Key()), lambda s: s.discard(Key()), lambda s: s | {Key(), 1}, lambda s: s & {Key(), 1, 2, 3, 4, 5}, lambda s: s - {Key(), 1, 2}, lambda s: s ^ {Key(), 1}, lambda s: s == {Key(), 1, 2, 3, 4}, lambda s: s.update([Key(), Key()]), lambda s: s.__isub__({Key()}), lambda s: s.__ixor__({Key()}), lambda s: s <= {Key(), 1, 2, 3, 4, 5}):
        armed = False
        s = set()
        s.update([Key(action), Key(action), 3, 4])
        armed = True
        try: use(s)
        except (RuntimeError, KeyError) as error: print(type(error).__name__, error, end=' ')
        print(len(s), end=' ')
    print()
class S(set):
    def __init__(self, *a): super().__init__(*a); self.x = 1
z = S([1, 2])
print(z, type(z | {3}), type(z.copy()), z.x, S(), repr(S([S])) != '')
class F(frozenset): pass
print(F([1]), type(F([1]).copy()), F([1]) == {1}, hash(F([1])) == hash(frozenset([1])))
k = Key(); y = set(); k.__class__.__repr__ = lambda self: repr(y); y.add(k); print(y)
