# Dicts and their views: methods, operators, errors, order, and keys that misbehave.
def show(function):
    try:
        print(repr(function()))
    except Exception as error:
        print(type(error).__name__, error, *getattr(error, '__notes__', ()))

def run(source, **names):
    try:
        exec(source, names)
    except Exception as error:
        print(source, '->', type(error).__name__, error)
    else:
        print(source, '->', {name: value for name, value in names.items() if name != '__builtins__'})

d = {'a': 1, 'b': 2, 3: 'c', None: 4, (1, 2): 5, 1.5: 6}
print(d, len(d), d['a'], d[3], d[3.0], d[(1, 2)], d.get('x'), d.get('x', 9), 'a' in d, 'x' in d, 1.5 in d)
show(lambda: d['x'])
show(lambda: d[[]])
show(lambda: d.get([]))
show(lambda: [] in d)
show(lambda: d.pop([]))
show(lambda: d.setdefault([]))
show(lambda: {[]: 1})
show(lambda: {1: 2, (1, []): 3})
run('d[[]] = 1', d={})
run('del d[[]]', d={})
run('del d[1]', d={})
run('del d[1]', d={1: 2, 3: 4})
for arguments in ('', '1', '[1]', '[(1, 2, 3)]', '["ab", "c"]', '1, 2', 'a=1', '{1: 2}, a=1', '[("x", 1)], x=2', '[[1, 2], (3, 4), "ab"]', 'zip("ab", [1, 2])', '[None]', '[(1,)]', '[iter("ab")]', '[[[], 1]]', '**{"a": 1}', '{1: 2}.items()', 'iter([])', '**{"self": 3}', 'None'):
    show(lambda: eval(f'dict({arguments})'))
    show(lambda: eval(f'(lambda d: (d.update({arguments}), d))({{5: 6}})'))
for source in ('d | e', 'e | d', 'd | 1', '1 | d', 'd | [(1, 2)]', 'd.__or__(1)', 'd.__ror__(e)', 'd.__ior__([(7, 8)])', 'd == e', 'd != e', 'd < e', 'd.keys() | e', 'd.keys() & e', 'd.keys() - e', 'd.keys() ^ e',
               'sorted(d.items() | e.items())', 'sorted(d.items() & e.items())', 'sorted(d.items() - e.items())', 'sorted(d.items() ^ e.items())', 'd.keys() == e.keys()', 'd.keys() < e.keys()', 'd.keys() <= {1, 2, 3}', 'd.keys() >= {1}',
               'd.keys() == {1, 2}', '{1, 2} == d.keys()', 'd.items() == {(1, 2), (2, 3)}', 'd.keys() | 1', 'd.keys() & [1, [], 5]', '[1, 5] & d.keys()', '{1} - d.keys()', '[1, 9] - d.keys()', 'd.keys().isdisjoint([3])', 'd.keys().isdisjoint({1})',
               'd.items().isdisjoint([(1, 2)])', 'd.values() == d.values()', '(1, 2) in d.items()', '(1, 3) in d.items()', '1 in d.items()', '2 in d.values()', 'd.keys() < 1', 'hash(d.keys())', 'hash(d)', 'd.keys().mapping', 'type(d.values().mapping)',
               'list(reversed(d)), list(reversed(d.keys())), list(reversed(d.values())), list(reversed(d.items()))', 'd.fromkeys("ab")', 'd.fromkeys([1], [])', 'd.fromkeys(1)', 'd.fromkeys()', 'dict.fromkeys({1: 2, 3: 4}, 0)', 'dict.fromkeys({3})',
               'd.popitem()', '{}.popitem()', 'd.pop(1)', 'd.pop(9)', 'd.pop(9, "no")', 'd.pop()', 'd.pop(1, 2, 3)', 'd.setdefault(1, 5), d.setdefault(9), d.setdefault(8, 7), d', 'd.copy() == d, d.copy() is d', 'd.clear(), d', 'd.get()', 'd.keys(1)',
               'd.keys(), d.values(), d.items()', 'len(d.keys()), len(d.items())', 'd.update(1)', 'd.update([1])', 'dict(d) is d', 'type(d.keys())()', 'iter(d).__length_hint__()', 'iter(d).__reduce__()', 'iter(d.items()).__reduce__()'):
    show(lambda: eval(source, {'d': {1: 2, 2: 3}, 'e': {2: 3, 3: 4}}))

# Order of insertion, deletion and growth
d = {}
for i in range(1000):
    d[i * 7 % 1009] = i
    if i % 3 == 0: del d[i * 7 % 1009]
print(list(d.items())[:20], len(d), sum(d), sum(d.values()))
for i in range(500): d.popitem()
print(list(d.items())[-5:], len(d))
d['x'] = 1
print(list(d)[-2:])
for key in list(d)[::2]: del d[key]
print(len(d), list(d)[:5])
e = {str(i): i for i in range(300)}
print(sum(e[str(i)] for i in range(300)), '300' in e, list(e)[:3])
e[5] = 'int key'
print(e['17'], e[5], 5.0 in e, '5' in e, list(e)[-1])
for i in range(300): assert e.pop(str(i)) == i
print(e)
print({1: 'a', 1.0: 'b', True: 'c'}, {0: 1, False: 2, 0.0: 3, -0.0: 4})

def loop(d, action):
    seen = []
    try:
        for key in d:
            seen.append(key)
            if len(seen) > 100: break
            action(d, key)
    except RuntimeError as error:
        print(error, seen)
    else:
        print(seen)
loop({1: 2, 3: 4}, lambda d, k: d.__setitem__(k + 10, 1))
loop({1: 2, 3: 4}, lambda d, k: d.__delitem__(k))
loop({1: 2, 3: 4}, lambda d, k: d.__setitem__(k, 1))
loop({1: 2, 3: 4}, lambda d, k: (d.__delitem__(k), d.__setitem__(k + 5, 1)))
loop({1: 2, 3: 4, 5: 6}, lambda d, k: (d.pop(k), d.update({k: 1})))
loop({1: 2, 3: 4}, lambda d, k: d.clear())
loop(dict.fromkeys(range(5)), lambda d, k: d.popitem())
loop({}, None)
for make in (iter, lambda d: iter(d.values()), lambda d: iter(d.items()), reversed, lambda d: reversed(d.values()), lambda d: reversed(d.items())):
    d = {1: 2, 3: 4}
    it = make(d)
    print(it.__length_hint__(), next(it), it.__length_hint__())
    d[5] = 6
    for _ in range(2):
        try: next(it)
        except RuntimeError as error: print(error)
    print(it.__length_hint__())

# Keys whose hash or equality changes the dict
class Key:
    def __init__(self, name, action=None, hash=1):
        self.name, self.action, self.hash = name, action, hash
    def __hash__(self): return self.hash
    def __eq__(self, other):
        if self.action and armed: self.action()
        return self is other
    def __repr__(self): return self.name
for action in (lambda: d.clear(), lambda: d.pop(list(d)[0], None) if d else None, lambda: d.update({len(d): 1}) if len(d) < 100 else None, lambda: (d.clear(), d.update({i: i for i in range(30)}))):
    for use in (lambda d: d.get(Key('x')), lambda d: Key('x') in d, lambda d: d.pop(Key('x'), 'none'), lambda d: d.setdefault(Key('x'), 1), lambda d: d.update({Key('x'): 1}), lambda d: d.__setitem__(Key('x'), 2), lambda d: d == {Key('x'): 1, 2: 3, 4: 5, Key('y'): 3, Key('z'): 7}, lambda d: d | {Key('q'): 4}):
        armed = False
        d = {}
        d.update({Key('a', action): 1, Key('b', action): 2, 'c': 3, 4: 5, Key('d', action, 9): 6})
        armed = True
        try: print(use(d) is None, end=' ')
        except (RuntimeError, KeyError) as error: print(type(error).__name__, error, end=' ')
        print(len(d))
class BadHash:
    def __hash__(self): raise ValueError('no hash')
show(lambda: {BadHash(): 1})
show(lambda: {}.get(BadHash()))
class BadEq:
    def __hash__(self): return 1
    def __eq__(self, other): raise ValueError('no eq')
show(lambda: {BadEq(): 1, BadEq(): 2})
show(lambda: {BadEq(): 1}[1])
class StrSub(str): pass
d = {'a': 1}
d[StrSub('b')] = 2
print(d['b'], d[StrSub('a')], 'b' in d, list(map(type, d)))
class Missing(dict):
    def __missing__(self, key): return ('missing', key)
m = Missing(a=1)
print(m['a'], m['b'], m.get('b'), 'b' in m, m, type(m.copy()), type(m | {}), m.pop('b', 0))
class D(dict):
    def __init__(self): self.x = 1
    def __setitem__(self, key, value): super().__setitem__(key, value * 2)
    def keys(self): return ['k']
    def __getitem__(self, key): return 'item'
x = D()
x['a'] = 4
x.update(b=5)
print(x, dict(x), {**x}, x.x, dict.fromkeys('a', 1), D.fromkeys('ab', 1) if False else '')
class Mapping:
    def keys(self): return iter('xy')
    def __getitem__(self, key): return key * 2
print(dict(Mapping()), {**Mapping()}, dict(Mapping(), z=1))
def f(**kw): return kw
print(f(**Mapping()), f(**{'a': 1}, b=2))
for source in ('f(**1)', 'f(**{1: 2})', 'f(a=1, **{"a": 2})', '{**1}', '{**[1]}', 'f(**[])'):
    show(lambda: eval(source))
d = {}
d['self'] = d
d['list'] = [d]
print(d, d.values(), d.items())
print({} == {}, {1: []} == {1: []}, {1: float('nan')} == {1: float('nan')}, {1: 2, 3: 4} == {3: 4, 1: 2}, {1: 2} != {1: 2.0})
a = {}; a[1] = a
b = {}; b[1] = b
try: a == b
except RecursionError: print('recursion')
print(hash(1), hash(-1), hash(2 ** 61 - 1), hash(2 ** 61), hash(-2 ** 61), hash(-(2 ** 61 - 1)), hash(2 ** 62), hash(2 ** 61 - 2), hash(-2 ** 62), hash(1.5), hash(True))
