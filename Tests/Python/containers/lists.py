# Every method and operator of lists and tuples, with the errors.
def show(function):
    try:
        print(repr(function()))
    except Exception as error:
        print(type(error).__name__, error)

def run(source, **names):
    try:
        exec(source, names)
    except Exception as error:
        print(source, '->', type(error).__name__, error)
    else:
        print(source, '->', {name: value for name, value in names.items() if name != '__builtins__'})

a = list(range(10))
for i in (None, -12, -10, -3, -1, 0, 1, 4, 9, 10, 15):
    for j in (None, -12, -5, -1, 0, 3, 9, 10, 15):
        for k in (None, -20, -3, -1, 1, 2, 4, 20):
            s = slice(i, j, k)
            x = a[s]
            assert list(range(10)[s]) == x and list(tuple(a)[s]) == x, s
            b = a[:]
            del b[s]
            c = a[:]
            try:
                c[s] = x[::-1]
            except ValueError as error:
                c = str(error)
            d = a[:]
            try:
                d[s] = 'xyz'
            except ValueError as error:
                d = str(error)
            print(s, x, b, c, d)
for k in (0, 1 << 70, -(1 << 70), 'a', 1.0):
    show(lambda: a[::k])
    show(lambda: a[k:])
    show(lambda: a[:k])
for index in (0, -1, 10, -11, 1 << 70, 'a', None, 1.5, True, [], slice):
    show(lambda: a[index])
    show(lambda: tuple(a)[index])
    run('a[i] = 5', a=[1, 2], i=index)
    run('del a[i]', a=[1, 2], i=index)
    run('a.insert(i, 7)', a=[1, 2], i=index)
    run('print(a.pop(i))', a=[1, 2], i=index)
    show(lambda: [1, 2] * index)
    show(lambda: index * (1, 2))
    show(lambda: a.index(3, index))
    show(lambda: a.index(3, 0, index))
    show(lambda: tuple(a).index(3, index))
run('a += [1]', a=[0])
run('a += (1,)', a=[0])
run('a += "bc"', a=[0])
run('a += 1', a=[0])
run('a *= 3', a=[0, 1])
run('a *= 0', a=[0, 1])
run('a *= -1', a=[0, 1])
run('a.extend(a)', a=[0, 1])
run('a += a', a=[0, 1])
run('a[1:1] = a', a=[0, 1, 2])
run('a[:] = a', a=[0, 1, 2])
run('a[::2] = a[1:]', a=[0, 1, 2])
run('a[1:2] = (x for x in range(4))', a=[0, 1, 2])
run('a[1:2] = 5', a=[0, 1, 2])
run('a[::2] = 5', a=[0, 1, 2])
run('a.reverse()', a=[0, 1, 2])
run('a.remove(1)', a=[0, 1, 2, 1])
run('a.remove(5)', a=[0, 1, 2, 1])
run('a.clear()', a=[0, 1])
run('a.append(a)', a=[0])
for x, y in (([1, 2], [1, 2, 3]), ([1, 2], [1, 3]), ([], [1]), ([1], [1]), ([1], ['a']), ([[1]], [[2]]), ([1.0, 2], [1, 2.0]), ([float('nan')], [1])):
    for name in ('__lt__', '__le__', '__eq__', '__ne__', '__gt__', '__ge__'):
        show(lambda: getattr(x, name)(y))
        show(lambda: getattr(tuple(x), name)(tuple(y)))
        show(lambda: getattr(x, name)(tuple(y)))
nan = float('nan')
print([nan] == [nan], (nan,) == (nan,), nan in [nan], [nan].index(nan), [nan].count(nan), [1, True, 1.0].count(1))
print([1] + [2], (1,) + (2,), [] + [], () + (), (1,) * 0, [1, 2] * 3)
show(lambda: [] + ())
show(lambda: () + [])
show(lambda: [1, 2, 3].index(4))
show(lambda: (1, 2, 3).index(4))
show(lambda: [].pop())
show(lambda: list(1))
show(lambda: list(1, 2))
show(lambda: list(a=1))
show(lambda: tuple(1))
show(lambda: tuple(1, 2))
show(lambda: [].append())
show(lambda: [].append(1, 2))
show(lambda: [].sort(1))
show(lambda: [].sort(foo=1))
print(list('abc'), tuple('abc'), list({1: 2}), tuple(x for x in range(3)), list(()), tuple([]))
x = [1, [2]]
y = x.copy()
y[1].append(3)
print(x, y, x is y, x == y)
t = (1, 2)
print(tuple(t) is t, t[:] is t, t * 1 is t, t + () is t, () + t is t)
print(hash((1, 2, 3)), hash(()), hash((1,)), hash((1.5, (2, 3))), hash((True, None) [:1]))
print([list(reversed(x)) for x in ([], [1], [1, 2, 3])])
r = reversed([1, 2, 3])
print(r.__length_hint__(), next(r), r.__length_hint__(), list(r), r.__length_hint__())

class Evil:
    def __init__(self, target, action):
        self.target, self.action = target, action
    def __eq__(self, other):
        self.action(self.target)
        return False

for action in (list.clear, list.pop, lambda l: l.append(1) if len(l) < 50 else None, lambda l: l.__delitem__(slice(None))):
    for method in ('index', 'count', 'remove', '__contains__'):
        l = []
        l.extend([Evil(l, action) for _ in range(5)] + [1, 2, 3])
        try:
            print(method, getattr(l, method)(object()))
        except Exception as error:
            print(type(error).__name__, error)
        print(len(l))
    l = []
    l.extend([Evil(l, action) for _ in range(5)] + [1, 2, 3])
    print(l == [object()] * 8, len(l))

class Index:
    def __init__(self, l): self.l = l
    def __index__(self):
        self.l.clear()
        return 1
for source in ('l[i]', 'l[i:]', 'l[:i]', 'l[::i]', 'l.insert(i, 5)', 'l.pop(i)', 'l[i] = 5', 'l[i:] = [7]', 'del l[i]', 'del l[i:]', 'l * i', 'l.index(5, i)'):
    l = [0, 1, 2, 3]
    run(source + '\nprint(l)\ndel i', l=l, i=Index(l))

class L(list):
    def __init__(self, *args):
        super().__init__(*args)
        self.x = 1
z = L([3, 1, 2])
z.sort()
print(z, z.x, type(z), type(z[:]), type(z + [1]), type(z * 2), z == [1, 2, 3], repr(z), type(z.copy()))
class T(tuple):
    def __new__(cls, *args): return super().__new__(cls, args)
z = T(1, 2)
z.y = 5
print(z, z.y, type(z), type(z[:]), type(z + (1,)), z == (1, 2), hash(z) == hash((1, 2)), z.__getnewargs__())
l = []
l.append(l)
print(l, [l], (l,))
t = ([],)
t[0].append(t)
print(t)
it = iter([1, 2, 3])
print(it.__length_hint__(), it.__reduce__(), next(it), it.__reduce__(), list(it), it.__reduce__(), it.__length_hint__())
it = iter((1, 2, 3))
it.__setstate__(1)
print(list(it), next(it, 'end'))
l = [1, 2, 3]
for x in l:
    if len(l) < 8: l.append(x * 2)
print(l)
it = iter(l)
list(it)
l.append(1)
print(list(it))
a, *b, c = range(5)
print(a, b, c)
a, b = [1, 2]
print(a, b)
for source in ('a, b = 1,', 'a, b = 1, 2, 3', 'a, *b = ()', 'a, b = 5', 'a, b = [1]', 'a, b = [1, 2, 3]', '(a, b), c = 1, 2', 'a, b = "abc"', 'a, b = iter([1])'):
    run(source)
