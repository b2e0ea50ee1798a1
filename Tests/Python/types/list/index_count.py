# index with bounds, count, membership by identity and equality.
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

a = [1, 2, 3, 2, 1, None, "x", float("nan")]
for start in [0, 1, 3, -3, -100, 100]:
    for stop in [0, 2, 4, -1, 100]:
        print(start, stop, attempt(a.index, 2, start, stop))
show('a.index(4)', lambda: a.index(4))
show('a.index("y")', lambda: a.index("y"))
show('a.index(1, "a")', lambda: a.index(1, "a"))
show('a.index(1, None)', lambda: a.index(1, None))
show('a.index(1, 2**100)', lambda: a.index(1, 2**100))
show('a.index(1, -2**100, 2**100)', lambda: a.index(1, -2**100, 2**100))
show('a.index()', lambda: a.index())
show('[].index(1)', lambda: [].index(1))
show('a.count(2), a.count(9), a.count(a[-1]), a.count(float("nan")), a[-1] in a, float("nan") in a, 2.0 in a, True in a, "x" in a', lambda: (a.count(2), a.count(9), a.count(a[-1]), a.count(float("nan")), a[-1] in a, float("nan") in a, 2.0 in a, True in a, "x" in a))
show('a.count()', lambda: a.count())
