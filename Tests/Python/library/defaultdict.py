from _collections import defaultdict
d = defaultdict(list)
d['a'].append(1); d['b'].append(2)
print(d, d.default_factory, defaultdict, defaultdict.__module__, defaultdict.__qualname__, defaultdict.__flags__ & (1<<8|1<<9))
try: defaultdict.x = 1
except TypeError as e: print(e)
try: d.x = 1
except AttributeError as e: print(e)
print(vars(defaultdict).keys())
d.default_factory = None
try: d['z']
except KeyError as e: print(repr(e))
del d.default_factory
print(d)
class D(defaultdict):
    def __init__(self, *a): super().__init__(*a); self.foo = 3
x = D(int); x['q'] += 1; print(x, x.foo, x.__dict__)
d.default_factory = lambda: d
d['self']
print(type(d | {1:2}), {1:2} | defaultdict(int))
import gc; del d, x; print(gc.collect() >= 0)
d = defaultdict(list); d.default_factory = d.__repr__; print(str(d)[:20])
print(d.__reduce__()[0], defaultdict[int, str])
try: defaultdict(3)
except TypeError as e: print(e)
try: d.copy(2)
except TypeError as e: print(e)
del d
