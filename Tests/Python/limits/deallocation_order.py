# __del__ runs in order, in chains, with resurrection and with errors.
import gc
class D:
    def __init__(self, name, *held): self.name, self.held = name, held
    def __del__(self): print("del", self.name, end=" ")
a = D("a", D("b", D("c")), D("d"))
del a
print()
x = [D(1), D(2), D(3)]
x.clear()
print()
t = (D("t1"), D("t2"))
t = None
print()
d = {"k": D("v1"), "l": D("v2")}
d["k"] = None
d.clear()
print()
def f():
    p, q = D("p"), D("q")
    q = D("q2")
    return p
f()
print()
kept = []
class R:
    def __del__(self): print("resurrected", end=" "); kept.append(self)
r = R()
del r
print(len(kept))
kept.clear()
gc.collect()
print(len(kept))
class Cycle(D):
    pass
c = Cycle("cycle"); c.me = c
c = None
gc.collect()
print()
for i in range(2): D(i)
print()
D("unnamed"), D("second")
print()
l = [D("swap1"), D("swap2")]
l[0], l[1] = l[1], l[0]
del l[0]
print("|", end=" ")
l = None
print()
def g():
    local = D("generator local")
    yield 1
    yield 2
it = g(); next(it)
it = None
print()
try:
    held = D("in traceback")
    raise ValueError(D("argument"))
except ValueError: pass
print("after")
print(gc.get_objects.__name__, gc.freeze(), gc.get_freeze_count() > 0, gc.unfreeze(), gc.isenabled(), gc.get_debug())
