# Finalisers of a cycle run in the order in which the objects were made.
import gc
gc.disable()
gc.collect()
class Node:
    def __init__(self, name): self.name = name
    def __del__(self): print("collected", self.name)
a, b = Node("a"), Node("b")
a.other, b.other = b, a
del a, b
print("unreachable")
print(gc.collect() >= 2)
x = []
x.append(x)
del x
print(gc.collect(), gc.collect(), gc.isenabled(), gc.garbage)
gc.enable()
print(gc.isenabled(), gc.get_threshold()[0] > 0, len(gc.get_count()), gc.is_tracked([]), gc.is_tracked(1), gc.is_tracked("a"))
