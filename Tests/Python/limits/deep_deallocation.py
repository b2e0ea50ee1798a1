# Structures nested a million deep are freed without exhausting the stack.
class Node:
    __slots__ = ("next",)
    def __init__(self, next): self.next = next
class Plain:
    def __init__(self, next): self.next = next
DEPTH = 60000
def chain(make):
    x = None
    for _ in range(DEPTH): x = make(x)
    return x
def generator(x):
    yield x
def started(x):
    g = generator(x)
    next(g)
    return g
def closure(x): return lambda: x
for name, make in {"list": lambda x: [x], "tuple": lambda x: (x,), "dict": lambda x: {"k": x}, "slots": Node, "instance": Plain, "closure": closure, "generator": started, "bound": lambda x: [].__class__.append.__get__([x]), "cell": lambda x: (lambda: x).__closure__[0], "iterator": lambda x: iter([x]), "set item": lambda x: {1: (x,)}, "slice": lambda x: slice(x), "exception": lambda x: ValueError(x)}.items():
    x = chain(make)
    del x
    print(name, "freed")
million = None
for _ in range(1000000): million = [million]
million = None
for _ in range(1000000): million = (million, 1)
del million
print("million freed")
