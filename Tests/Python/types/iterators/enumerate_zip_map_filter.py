# Lazy built-in iterators: order of calls, exhaustion, errors and length.
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

def noisy(name, n):
    for i in range(n):
        print(f"<{name}{i}>", end=" ")
        yield i
    print(f"<{name} over>", end=" ")
print(list(zip(noisy("a", 2), noisy("b", 3))))
print(list(zip(noisy("a", 3), noisy("b", 2))))
print(attempt(lambda: list(zip(noisy("a", 2), noisy("b", 3), strict=True))))
print(attempt(lambda: list(zip(noisy("a", 3), noisy("b", 2), noisy("c", 3), strict=True))))
print(list(map(lambda *a: a, noisy("a", 2), noisy("b", 3))))
print(attempt(lambda: list(map(lambda *a: a, noisy("a", 2), noisy("b", 3), strict=True))))
print(list(filter(lambda x: x % 2, noisy("f", 4))), list(enumerate(noisy("e", 2), -1)), list(filter(None, [0, 1, [], "a", None])))
m = map(int, ["1", "x", "3"])
print(next(m), attempt(next, m), next(m), next(m, "end"))
f = filter(lambda x: 1 / x, [1, 0, 2])
print(next(f), attempt(next, f), next(f), next(f, "end"))
z = zip([1, 2], [3])
print(next(z), next(z, "end"), next(z, "end"), iter(z) is z)
e = enumerate("abc", 2**62)
print(list(e), attempt(lambda: list(enumerate("a", 2**100))))
def stop(): raise StopIteration("from function")
print(list(map(lambda x: stop() if x == 2 else x, [1, 2, 3])), list(zip()), list(map(str, [])))
print(enumerate("ab").__reduce__()[1][1], list(zip(*[(1, 2), (3, 4)])), dict(enumerate("ab")), [*map(abs, [-1])], type(map(abs, [])).__name__, list(zip([1], strict=True)), max(map(len, ["a", "bb"])))
show('map(abs)', lambda: map(abs))
show('filter(abs)', lambda: filter(abs))
show('enumerate()', lambda: enumerate())
show('enumerate(5)', lambda: enumerate(5))
show('zip([1], 5)', lambda: zip([1], 5))
show('map(abs, 5)', lambda: map(abs, 5))
show('filter(None, None)', lambda: filter(None, None))
show('next(filter(None, 5))', lambda: next(filter(None, 5)))
show('enumerate("a", start="x")', lambda: enumerate("a", start="x"))
show('enumerate("a", 1.5)', lambda: enumerate("a", 1.5))
show('list(enumerate[int]("a")) if hasattr(enumerate, "__class_getitem__") else 0', lambda: list(enumerate[int]("a")) if hasattr(enumerate, "__class_getitem__") else 0)
