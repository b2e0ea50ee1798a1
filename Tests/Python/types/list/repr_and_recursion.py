# repr of nested and self-containing containers.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

a = [1, "x", None, 1.5, [2, [3]], (4,), {5: [6]}, {7}]
print(a, str(a), repr(a) == f"{a}", [], [[]], [()], [""], ["'"], ['"'])
a.append(a)
print(a)
d = {}
d["self"] = d
d["list"] = [d]
print(d)
t = ([],)
t[0].append(t)
print(t, len(t))
x, y = [], []
x.append(y); y.append(x)
print(x, y)
class R:
    def __repr__(self): return "R" + repr(holder)
holder = [1]
print([R()])
class Bad:
    def __repr__(self): raise ValueError("unprintable")
show('repr([Bad()])', lambda: repr([Bad()]))
show('repr({1: Bad()})', lambda: repr({1: Bad()}))
show('repr((Bad(),))', lambda: repr((Bad(),)))
show('repr([1, [Bad()]])', lambda: repr([1, [Bad()]]))
show('a == a', lambda: a == a)
show('d == d', lambda: d == d)
show('hash(t)', lambda: hash(t))
s = {(1, 2)}
print(s, frozenset(), set(), frozenset([1]), {1: {}}, {(): []})
