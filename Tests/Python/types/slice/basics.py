# slice objects: attributes, indices, equality, hash, repr.
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

for s in [slice(5), slice(1, 5), slice(1, 5, 2), slice(None), slice(None, None, -1), slice(-3, None), slice(10, 0, -3), slice(-100, 100), slice(2**70), slice("a", [], {})]:
    print(s, s.start, s.stop, s.step, s == slice(s.start, s.stop, s.step), [attempt(s.indices, n) for n in (0, 1, 5, 10)])
show('slice(1).indices(-1)', lambda: slice(1).indices(-1))
show('slice(1).indices("a")', lambda: slice(1).indices("a"))
show('slice(1).indices(1.5)', lambda: slice(1).indices(1.5))
show('slice(1, 2, 0).indices(5)', lambda: slice(1, 2, 0).indices(5))
show('slice(1.5).indices(5)', lambda: slice(1.5).indices(5))
show('slice(1).indices()', lambda: slice(1).indices())
show('slice(1, 2) < slice(1, 3), slice(1) == slice(None, 1), slice(1) == 1', lambda: (slice(1, 2) < slice(1, 3), slice(1) == slice(None, 1), slice(1) == 1))
show('slice(1) < slice("a")', lambda: slice(1) < slice("a"))
show('slice(1) < 1', lambda: slice(1) < 1)
show('hash(slice(1, 2, 3)) == hash(slice(1, 2, 3)), {slice(1, 2): "x"}[slice(1, 2)]', lambda: (hash(slice(1, 2, 3)) == hash(slice(1, 2, 3)), {slice(1, 2): "x"}[slice(1, 2)]))
show('setattr(slice(1), "start", 5)', lambda: setattr(slice(1), "start", 5))
show('type("S", (slice,), {})', lambda: type("S", (slice,), {}))
show('slice(1, 2).__reduce__()[1], slice(2**70).indices(2**80)', lambda: (slice(1, 2).__reduce__()[1], slice(2**70).indices(2**80)))
class G:
    def __getitem__(self, key): return key
g = G()
print(g[1:2], g[::], g[1:2, 3], g[...], g[:, ::2], g[1:2:3, ...], g[()], g[*[1, 2]], g[*"ab", 3:4], g[-1:], g[None:None], g[(1, 2)], g[g[1]:])
class I:
    def __index__(self): return 2
show('slice(I(), I(), I()).indices(9), slice(I()).stop.__class__.__name__', lambda: (slice(I(), I(), I()).indices(9), slice(I()).stop.__class__.__name__))
