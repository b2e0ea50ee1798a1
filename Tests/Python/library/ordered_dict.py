# OrderedDict: construction, errors, order, views, iterators that notice changes, the dict behind its back.
import copy
import pickle
import random
from collections import OrderedDict as O

def t(s, **k):
    try: print(s, eval(s, globals(), k))
    except Exception as e: print(s, type(e).__name__, e)
for s in ["O(1)","O(1,2)","O([1])","O([(1,)])","O([(1,2,3)])","O([()])","O(None)","O().update(1,2)","O().update(5)","O().pop()","O().pop(1)","O().pop(1,2)","O().pop(1,default=3)","O().popitem()","O().move_to_end(3)","O([([],2)])","O()|3","O()|{}","{}|O(a=1)","3|O()","O.fromkeys('ab')","O.fromkeys()","O(a=1)<O()","O.__new__(O, 1, 2)","O().move_to_end()","O().popitem(1,2)","O().popitem(last=[])","O().setdefault(1)","O().setdefault()","O.__init__()","O().__init__(1,2,3)", "O(a=1,b=2).keys()", "O(a=1,b=2).items()","O(a=1).values()","iter(O(a=1,b=2)).__reduce__()","O(a=1).keys()&{'a'}","O(a=1).keys()=={'a'}","O(a=1).keys().mapping", "O(a=1).items()-O(a=1).items()", "hash(O())", "O(a=1)[3]", "O(a=1).__delitem__(3)", "list(reversed(O(a=1,b=2).items()))", "O(a=1).items().isdisjoint(O(b=1).items())"]: t(s)
class Pair:
    def __init__(s,n): s.n=n
    def __iter__(s): return iter(range(s.n))
t("O([Pair(1)])")
t("O([Pair(2)])")
class M:
    def items(self): return [(1,2)]
t("O(M())")
class K:
    def keys(self): return 5
t("O(K())")
class K:
    def keys(self): return [5]
    def __getitem__(self, k): return k*2
t("O(K())")


class Sub(O):
    def __missing__(self, key):
        return key * 2


s = Sub(b=1, a=2)
s.note = [1]
print(s, s["zz"], s.copy(), copy.copy(s).note, pickle.loads(pickle.dumps(s)).note, type(s | {}), s == {"a": 2, "b": 1}, s == O(a=2, b=1))
print(s.__reduce__()[:4])

# Random operations against a list of pairs.
random.seed(7)
d, model = O(), []
for step in range(20000):
    key = random.choice([random.randrange(40), str(random.randrange(40)), (random.randrange(3), 1), random.random() < 0.5])
    action = random.randrange(8)
    place = next((i for i, (k, v) in enumerate(model) if k == key), None)
    if action < 3:
        d[key] = step
        if place is None:
            model.append((key, step))
        else:
            model[place] = (model[place][0], step)
    elif action == 3 and place is not None:
        assert d.pop(key) == model.pop(place)[1]
    elif action == 4 and place is not None:
        last = random.random() < 0.5
        d.move_to_end(key, last)
        model.insert(len(model) if last else 0, model.pop(place))
    elif action == 5 and model and random.random() < 0.3:
        last = random.random() < 0.5
        assert d.popitem(last) == model.pop(-1 if last else 0)
    elif action == 6 and place is not None:
        del d[key]
        model.pop(place)
    elif action == 7 and random.random() < 0.01:
        d.clear()
        model.clear()
    if step % 97 == 0:
        assert list(d.items()) == model and list(reversed(d.keys())) == [k for k, v in reversed(model)] and len(d) == len(model)
        assert d.copy() == d and O(d) == d and dict(d) == dict(model)
print(len(d), list(d.items())[:5])

for change in ["d.move_to_end(1)", "d.__setitem__(9, 9)", "d.pop(2)", "d.clear()", "dict.__setitem__(d, 9, 9)", "dict.__delitem__(d, 2)", "d.update({1: 5})"]:
    for view in ["d", "d.keys()", "d.items()", "d.values()", "reversed(d)"]:
        d = O.fromkeys([1, 2, 3], 0)
        seen = []
        try:
            for item in eval(view):
                seen.append(item)
                if len(seen) == 1:
                    exec(change)
        except Exception as error:
            print(change, view, seen, type(error).__name__, error)
        else:
            print(change, view, seen)

d = O(a=1, b=2)
dict.__setitem__(d, "c", 3)
print(list(d), len(d), d["c"])
d["c"] = 4
print(list(d), d)
dict.clear(d)
print(len(d), repr(d))
d["a"] = 1
print(len(d), "a" in d)
keep = list(O({None: []}).items())
print(keep)
