# Ranges: length, index, count, membership, slices, equality, huge bounds.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

for r in [range(0), range(5), range(2, 8), range(0, 10, 3), range(10, 0, -3), range(5, 0), range(0, 5, -1), range(-3, 3), range(2**70, 2**70 + 10, 4), range(0, 2**65, 2**63), range(1, 2), range(-1, -10, -2)]:
    print(r, attempt(len, r), bool(r), list(r)[:5], r.start, r.stop, r.step, attempt(lambda: r[0]), attempt(lambda: r[-1]), r[1:], r[::-1], r[::2], r[-2:], r[5:1], list(reversed(r))[:3], 3 in r, 3.0 in r, "a" in r, None in r, 2**70 in r, r.count(3), attempt(r.index, 3), attempt(lambda: r[100]), hash(r) == hash(r[:]))
print(range(0) == range(2, 2), range(0, 3, 2) == range(0, 4, 2), range(5) == range(0, 5, 1), range(5) == [0, 1, 2, 3, 4], range(1, 2) == range(1, 3, 7), range(3) != range(4), hash(range(0)) == hash(range(3, 1)), {range(3): 1}[range(0, 3)])
show('range(5) < range(6)', lambda: range(5) < range(6))
show('range(5).start.__class__, range(True), range(2**100)[2**99]', lambda: (range(5).start.__class__, range(True), range(2**100)[2**99]))
show('range(5)["a"]', lambda: range(5)["a"])
show('range(5)[1.0]', lambda: range(5)[1.0])
show('setattr(range(5), "start", 1)', lambda: setattr(range(5), "start", 1))
show('range(5).index("a")', lambda: range(5).index("a"))
show('range(5).index(1, 2)', lambda: range(5).index(1, 2))
show('len(range(2**63 - 1))', lambda: len(range(2**63 - 1)))
show('len(range(2**63))', lambda: len(range(2**63)))
show('range(-2**63, 2**63).__len__()', lambda: range(-2**63, 2**63).__len__())
show('range(1, 10, 2).index(5), range(1, 10, 2).count(4)', lambda: (range(1, 10, 2).index(5), range(1, 10, 2).count(4)))
show('range(5) + range(2)', lambda: range(5) + range(2))
show('range(1.0, 2)', lambda: range(1.0, 2))
show('range("5")', lambda: range("5"))
show('range(None)', lambda: range(None))
show('type("R", (range,), {})', lambda: type("R", (range,), {}))
class I:
    def __index__(self): return 4
class E(int):
    def __eq__(self, o): return True
    __hash__ = int.__hash__
show('range(I()), range(I(), 10, I()), E(50) in range(3), range(3).count(E(7)), range(3).index(E(7))', lambda: (range(I()), range(I(), 10, I()), E(50) in range(3), range(3).count(E(7)), range(3).index(E(7))))
it = iter(range(3))
print(next(it), it.__length_hint__(), it.__reduce__()[1:], list(it), next(it, "end"), type(it).__name__, type(iter(range(2**70))).__name__, type(reversed(range(3))).__name__)
it = iter(range(10)); it.__setstate__(7); print(list(it))
big = iter(range(2**64, 2**64 + 3)); print(list(big), big.__length_hint__())
for x in range(3):
    x += 10
print(x)
