# Changes during iteration are reported.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def change(action, over=lambda d: d):
    d = {1: "a", 2: "b", 3: "c"}
    seen = []
    try:
        for key in over(d):
            seen.append(key)
            action(d)
            if len(seen) > 10: break
    except RuntimeError as error:
        print(type(error).__name__, error, end=" ")
    print(seen, d)
change(lambda d: d.update({4: 4}))
change(lambda d: d.pop(1, None))
change(lambda d: d.clear())
change(lambda d: d.update({1: "changed"}))
change(lambda d: (d.pop(3, None), d.update({9: 9})))
change(lambda d: d.popitem() if d else None)
change(lambda d: d.update({4: 4}), dict.keys)
change(lambda d: d.update({4: 4}), dict.values)
change(lambda d: d.update({4: 4}), dict.items)
change(lambda d: d.pop(1, None), reversed)
change(lambda d: d.update({5: 1}), list)
d = {1: 1}
it = iter(d)
d[2] = 2
show('next(it)', lambda: next(it))
show('next(it)', lambda: next(it))
del d[2]
show('next(it)', lambda: next(it))
d = {1: 1, 2: 2}
it = iter(d.items())
print(it.__length_hint__(), next(it), it.__length_hint__(), it.__reduce__()[1:], list(it), list(it))
class Evil:
    def __init__(self, n): self.n = n
    def __hash__(self): return 1
    def __eq__(self, other):
        target.clear()
        return self.n == other.n
target = {}
target[Evil(1)] = 1
target[Evil(2)] = 2
print(len(target))
