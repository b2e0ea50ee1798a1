# Tuples: construction, methods, hashing, immutability.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

t = (1, "a", None, (2, [3]))
print(t, len(t), t[0], t[-1], t[1:3], t.count(1), t.index("a"), (1,), (), tuple(), tuple([1, 2]), tuple("ab"), t + (5,), 1 in t)
def store(): t[0] = 5
def remove(): del t[0]
def in_place(): t[3][1] += [4]
def augmented(): t[3][1] += (9,)
def grow():
    global t
    t[3][1].append(5)
    t += (6,)
    return t
show('store()', lambda: store())
show('remove()', lambda: remove())
show('in_place()', lambda: in_place())
show('augmented()', lambda: augmented())
show('grow()', lambda: grow())
show('t.index(99)', lambda: t.index(99))
show('t.index(1, 1)', lambda: t.index(1, 1))
show('t.index(1, 0, -1)', lambda: t.index(1, 0, -1))
show('t[10]', lambda: t[10])
show('t["a"]', lambda: t["a"])
show('t.append(1)', lambda: t.append(1))
show('hash(t)', lambda: hash(t))
show('hash(()), hash((1,)), hash((1, 2)), hash((1, 2, 3)), hash((0,)), hash((-1,)), hash((1.0, 2.0)) == hash((1, 2)), hash(((),)), hash((None,)) == hash((None,)), hash((10**30, 2**61))', lambda: (hash(()), hash((1,)), hash((1, 2)), hash((1, 2, 3)), hash((0,)), hash((-1,)), hash((1.0, 2.0)) == hash((1, 2)), hash(((),)), hash((None,)) == hash((None,)), hash((10**30, 2**61))))
show('tuple(5)', lambda: tuple(5))
show('tuple([1], [2])', lambda: tuple([1], [2]))
show('tuple(x=1)', lambda: tuple(x=1))
show('(1, 2) < (1, 3), (1,) < (1, 0), (2,) > (1, 9, 9), () < (0,), (1, 2) == (1, 2.0), (1, "a") < (1, "b")', lambda: ((1, 2) < (1, 3), (1,) < (1, 0), (2,) > (1, 9, 9), () < (0,), (1, 2) == (1, 2.0), (1, "a") < (1, "b")))
show('(1, 2) < (1, "a")', lambda: (1, 2) < (1, "a"))
show('(1,) < [1]', lambda: (1,) < [1])
class T(tuple):
    def __new__(cls, *items): return super().__new__(cls, items)
    def __repr__(self): return "T" + super().__repr__()
x = T(1, 2)
x.note = 5
print(x, x.note, type(x + (3,)), type(x[:]), type(x * 1), x == (1, 2), hash(x) == hash((1, 2)), {x: 1}[(1, 2)], tuple(x), type(tuple(x)))
show('x.__getnewargs__(), (1, 2).__getnewargs__(), (1,).__contains__(1), ().__len__(), (1, 2).__iter__().__next__(), (1, 2).__rmul__(2)', lambda: (x.__getnewargs__(), (1, 2).__getnewargs__(), (1,).__contains__(1), ().__len__(), (1, 2).__iter__().__next__(), (1, 2).__rmul__(2)))
