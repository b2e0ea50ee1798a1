# Subclasses of set and frozenset, and the types that operators give.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class S(set): pass
class F(frozenset): pass
s, f = S([1, 2]), F([2, 3])
s.x = 5
for name, value in {"s|f": s | f, "f|s": f | s, "s&s": s & s, "s-s": s - s, "set|s": {1} | s, "frozenset|f": frozenset() | f, "copy": s.copy(), "fcopy": f.copy(), "union": s.union([1]), "sub": f - f, "xor": s ^ f}.items():
    print(name, type(value).__name__, sorted(value))
print(s.x, s == {1, 2}, hash(f) == hash(frozenset([2, 3])), S(), F(), repr(S([1])), repr(F([1])), F() is F(), frozenset() is frozenset(), type(frozenset(f)), frozenset(f) is f)
show('S(1)', lambda: S(1))
show('S.__hash__', lambda: S.__hash__)
show('{f: 1}[frozenset([3, 2])]', lambda: {f: 1}[frozenset([3, 2])])
class Init(set):
    def __init__(self, a, b): super().__init__([a, b])
print(sorted(Init(1, 2)))
class Odd(set):
    def __contains__(self, x): return True
    def __len__(self): return 50
    def __iter__(self): return iter([9])
o = Odd([1])
print(5 in o, len(o), list(o), sorted(o | {2}), sorted({2} | o), o == {1}, o <= {1, 2}, sorted(set(o)), bool(o))
r = {1}
r2 = r
r = r | {2}
print(sorted(r), r2)
