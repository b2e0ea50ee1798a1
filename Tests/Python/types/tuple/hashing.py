# Hashes of tuples of numbers.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for t in [(), (0,), (1,), (-1,), (-2,), (0, 0), (1, 2, 3, 4, 5), (2**61 - 1,), (2**61,), (2**64, -2**64), (0.5, 0.25), (1j,), (True, False), ((),), (((),),), ((1, 2), (3, 4)), (float("inf"), float("-inf")), tuple(range(100)), (1, (2, (3, (4, (5,)))))]:
    print(str(t)[:40], hash(t))
show('hash((1, []))', lambda: hash((1, [])))
show('hash((1, {}, 2))', lambda: hash((1, {}, 2)))
show('hash(([],))', lambda: hash(([],)))
show('hash((1, (2, {3})))', lambda: hash((1, (2, {3}))))
class H:
    def __hash__(self): return 42
class Neg:
    def __hash__(self): return -1
class Big:
    def __hash__(self): return 2**70 + 5
class Text:
    def __hash__(self): return "x"
class NoHash:
    __hash__ = None
class Eq:
    def __eq__(self, other): return True
print(hash((H(), H())), hash(H()), hash(Neg()), hash(Big()), hash(frozenset()), hash(frozenset([1])), hash(frozenset([1, 2, 3])), hash(frozenset([frozenset()])), hash(range(5)) == hash(range(0, 5, 1)))
show('hash(Text())', lambda: hash(Text()))
show('hash(NoHash())', lambda: hash(NoHash()))
show('hash(Eq())', lambda: hash(Eq()))
show('{Eq()}', lambda: {Eq()})
show('hash((1, NoHash()))', lambda: hash((1, NoHash())))
show('NoHash.__hash__, Eq.__hash__, list.__hash__', lambda: (NoHash.__hash__, Eq.__hash__, list.__hash__))
show('hash(slice(1, 2)), hash(slice(None)) == hash(slice(None))', lambda: (hash(slice(1, 2)), hash(slice(None)) == hash(slice(None))))
show('hash(slice([]))', lambda: hash(slice([])))
