# add, discard, remove, pop, clear, copy and their errors.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

s = {1, 2}
show('s.add(3), sorted(s)', lambda: (s.add(3), sorted(s)))
show('s.add([])', lambda: s.add([]))
show('s.add()', lambda: s.add())
show('s.add({1})', lambda: s.add({1}))
show('s.discard(1), s.discard(99), sorted(s)', lambda: (s.discard(1), s.discard(99), sorted(s)))
show('s.discard([])', lambda: s.discard([]))
show('s.remove(2), sorted(s)', lambda: (s.remove(2), sorted(s)))
show('s.remove(99)', lambda: s.remove(99))
show('s.remove("text")', lambda: s.remove("text"))
show('s.remove([])', lambda: s.remove([]))
show('s.remove((1, 2))', lambda: s.remove((1, 2)))
show('s.pop(), s', lambda: (s.pop(), s))
show('s.pop()', lambda: s.pop())
show('s.pop(1)', lambda: s.pop(1))
show('s.update([1], "a", (2,)), sorted(s, key=str)', lambda: (s.update([1], "a", (2,)), sorted(s, key=str)))
show('s.update(5)', lambda: s.update(5))
show('s.update([[]])', lambda: s.update([[]]))
show('s.clear(), s', lambda: (s.clear(), s))
show('set().copy() is set(), frozenset().copy() is frozenset()', lambda: (set().copy() is set(), frozenset().copy() is frozenset()))
f = frozenset([1])
show('f.copy() is f, frozenset(f) is f, set(f) == f, f.union() is f', lambda: (f.copy() is f, frozenset(f) is f, set(f) == f, f.union() is f))
show('f.add(1)', lambda: f.add(1))
show('f.remove(1)', lambda: f.remove(1))
show('{frozenset([1])} == {frozenset([1])}, frozenset([1]) in {frozenset([1]): 0}, {1} in {frozenset([1])}, set() in [frozenset()]', lambda: ({frozenset([1])} == {frozenset([1])}, frozenset([1]) in {frozenset([1]): 0}, {1} in {frozenset([1])}, set() in [frozenset()]))
t = {frozenset([5]), 1}
t.remove({5})
t.discard({7})
print(t)
show('t.remove({8})', lambda: t.remove({8}))
g = frozenset([1, 2])
g |= {3}
print(type(g), sorted(g))
s = {1}
u = s
s |= {2}
s -= {1}
s ^= {2, 5}
s &= {5}
print(s, u is s)
s -= s
print(s)
show('s.__ior__([1])', lambda: s.__ior__([1]))
show('{1, 2} == frozenset([2, 1]), {1} != {1.0}, {True} == {1}, hash(frozenset([1])) == hash(frozenset([True])), {1} < {1, 2}, {1} < {2}, not {1} <= {2}', lambda: ({1, 2} == frozenset([2, 1]), {1} != {1.0}, {True} == {1}, hash(frozenset([1])) == hash(frozenset([True])), {1} < {1, 2}, {1} < {2}, not {1} <= {2}))
show('set(1)', lambda: set(1))
show('set([1], [2])', lambda: set([1], [2]))
show('set(x=1)', lambda: set(x=1))
show('frozenset(x=[1])', lambda: frozenset(x=[1]))
def iterate():
    for x in s2:
        s2.add(x + 100)
s2 = {1, 2}
show('iterate()', lambda: iterate())
show('iter({1}).__length_hint__(), next(iter({5})), type(iter(set())).__name__', lambda: (iter({1}).__length_hint__(), next(iter({5})), type(iter(set())).__name__))
show('[] in {1}', lambda: [] in {1})
show('set().__getitem__(0)', lambda: set().__getitem__(0))
show('hash(set())', lambda: hash(set()))
