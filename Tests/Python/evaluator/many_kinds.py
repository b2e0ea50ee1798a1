# Attributes of classes with metaclasses that change, comparisons by identity, polymorphic loops, deleted locals, items of texts, calls of native objects.
import enum, abc, functools, operator, collections
class K(enum.Enum):
    A = 1
    B = 2
def which(x): return x == K.A, x != K.B, x is K.A
for i in range(12): print(which(K.A), which(K.B)) if i > 10 else which(K.A)
class Meta(type):
    pass
class C(metaclass=Meta):
    x = 'class'
    @classmethod
    def cm(cls): return cls.__name__
def get(): return C.x, C.cm()
for i in range(12): r = get()
print(r)
Meta.x = property(lambda cls: 'meta')
print(get())
del Meta.x
print(get())
C.x = 'again'
print(get())
Meta.x = 'plain'
print(get())
Meta.__getattribute__ = lambda cls, name: 'hooked' if name == 'x' else type.__getattribute__(cls, name)
print(get())
class Base(abc.ABC):
    limit = 3
    @staticmethod
    def sm(a): return a + 1
class D(Base): pass
def lim(c): return c.limit, c.sm(2)
for i in range(12): r = lim(Base), lim(D)
print(r)
D.limit = 9
print(lim(Base), lim(D))
class E:
    pass
class F:
    def __eq__(self, other): return 'F'
class G:
    def __lt__(self, other): return True
def eq(a, b): return a == b
def ne(a, b): return a != b
def jump(a, b): return 'same' if a == b else 'other'
e = E(); nan = float('nan')
pairs = [(e, e), (e, E()), ('ab', 'a' + 'b'[:1]), (e, None), (None, e), (e, 1), (1, e), (e, F()), (F(), e), (nan, nan), (None, None), ('a', 1), (True, 1), (G(), e), (1.5, e), (E, E), (E, F), (len, len), (b'a', b'a'), ([1], [1])]
for i in range(3):
    for a, b in pairs:
        print(eq(a, b), ne(a, b), jump(a, b), end=' ')
    print()
E.__eq__ = lambda a, b: 'patched'
print(eq(e, 3), jump(e, 3))
def total(it):
    n = 0
    for x in it: n += x
    return n
sources = [[1, 2], (3, 4), range(5), {1: 2}, {7, 8}, {1: 5}.values(), iter([9]), (x for x in (1, 2)), map(int, '12'), collections.deque([4])]
for i in range(20):
    for s in [[1, 2], (3, 4), range(5), {1: 2}, {7, 8}, {1: 5}.values(), iter([9]), (x for x in (1, 2)), map(int, '12'), collections.deque([4])]: n = total(s)
print([total(s) for s in sources])
class It:
    def __init__(self): self.n = 3
    def __iter__(self): return self
    def __next__(self):
        self.n -= 1
        if self.n < 0: raise StopIteration
        return self.n
print(total(It()))
try: total([1, 'a'])
except TypeError as err: print(err)
def dele(a):
    x = [a]; del x
    try: x
    except UnboundLocalError as err: return str(err)
for i in range(5): s = dele(i)
print(s)
def item(s, i): return s[i]
def last(s): return s[-1], s[0]
for i in range(10): r = item('héllo', 1), item(b'abc', 2), item('abc', -1), last('xy'), last(b'xy'), item('日本', 1), last('日本')
print(r)
for s in ('abc', b'abc', bytearray(b'abc'), 'é'):
    for i in (5, -7, True, slice(1)):
        try: print(item(s, i), end=' ')
        except IndexError as err: print(err, end=' ')
try: item('abc', 'x')
except TypeError as err: print(err)
p = functools.partial(max, 5); g = operator.itemgetter(1); a = operator.attrgetter('real'); m = functools.lru_cache(lambda x: x * 2)
def calls(): return p(7), g('ab'), a(3), m(4)
for i in range(9): r = calls()
print(r)
try: g([])
except IndexError as err: print(err)
table = {int: 'int', str: 'str', Base: 'base', len: 'len', None: 'none'}
print([table.get(k) for k in (int, str, Base, D, len, None, float)], [k in table for k in (int, dict, Meta)], [table[int] for i in range(5)], int in {int, str}, list in {int, str}, list in (int, list))
while_bytes = b'abc'
n = 0
while while_bytes: while_bytes = while_bytes[1:]; n += 1
print(n, not b'', not b'a', bool(b''), bool([0]), bool(0.0))
import io
b = io.BytesIO(); b.write(b'abc'); b.write(bytearray(b'def')); b.seek(1); b.write(b'ZZ'); b.write(b.getvalue()); b.write(b.getbuffer()[:2].tobytes()); b.seek(40); b.write(b'!'); print(b.getvalue())
