# The end of objects and classes: __del__, resurrection, cycles through attributes, classes and slots.
log = []


class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        log.append(self.n)


d = D(1)
del d
print(log)
d = D(2)
d.self = d
d.other = D(3)
del d.other
print(log)
del d.self
del d
print(log)
saved = []


class R:
    def __del__(self):
        saved.append(self)
        log.append("resurrected")


r = R()
r.attr = 5
del r
print(log[-1], saved[0].attr)
saved.clear()
print(log.count("resurrected"))


class S:
    __slots__ = ("a", "b", "__weakref__")

    def __del__(self):
        log.append("slots")


s = S()
s.a = D(4)
s.b = [D(5)]
del s
print(log[-3:])


class L(list):
    def __del__(self):
        log.append("list")


l = L([D(6)])
l.attr = D(7)
del l
print(sorted(map(str, log[-3:])))


class I(int):
    def __del__(self):
        log.append(f"int {int(self)}")


i = I(10)
i.x = D(8)
del i
print(log[-2:])


class T(tuple):
    def __del__(self):
        log.append(f"tuple {len(self)}")


t = T((1, 2, 3))
del t
t = T((1, D(9)))
t.y = 1
del t
print(log[-3:])


class F(float):
    def __del__(self):
        log.append(f"float {float(self)}")


f = F(1.5)
f.z = 1
del f
print(log[-1])


class St(str):
    def __del__(self):
        log.append("str " + self)


x = St("text")
x.z = 1
del x
print(log[-1])


def make():
    class C:
        def __init__(self):
            self.me = self

        def method(self):
            return C

    return C


for _ in range(100):
    make()()
chain = None
for k in range(100000):
    node = D.__new__(D)
    node.n = k if k == 0 else None
    node.next = chain
    chain = node
del chain, node
print(len(log) > 100000, log[-1])
log.clear()


class Evil:
    def __del__(self):
        raise ValueError("in __del__")


class Node:
    def __init__(self):
        self.children = []


root = Node()
for k in range(1000):
    child = Node()
    child.parent = root
    root.children.append(child)
del root, child
objs = [D(k) for k in range(1000)]
for k, o in enumerate(objs):
    for j in range(k % 20):
        setattr(o, f"a{j}", j)
for k, o in enumerate(objs):
    for j in range(0, k % 20, 3):
        delattr(o, f"a{j}")
print(sum(len(o.__dict__) for o in objs))
objs.clear()
print(len(log))
D.__del__ = lambda self: log.append("new")
e = D(1)
del e
print(log[-1])
del D.__del__
n = len(log)
e = D(1)
del e
print(len(log) - n)
for k in range(300):
    c = type(f"C{k}", (D,), {"x": k})
    c(0).y = 1
print(len(D.__subclasses__()) <= 300)
