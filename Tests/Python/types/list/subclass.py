# A subclass of list: overridden methods, attributes and what operators return.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

class L(list):
    def __init__(self, *args, note=None):
        super().__init__(*args)
        self.note = note
    def append(self, item):
        print("append", item)
        super().append(item)
    def __getitem__(self, key):
        print("get", key)
        return super().__getitem__(key)
    def __len__(self): return 100
a = L([1, 2, 3], note="n")
a.append(4)
print(a, a.note, a[0], a[1:], type(a[1:]), type(a + [1]), type(a * 2), type(a.copy()), len(a), list.__len__(a), list(a), [*a], bool(a), a == [1, 2, 3, 4], a.__dict__)
a += [5]
print(type(a), a, sorted(a), max(a), sum(a), 3 in a)
for x in a: print(x, end=" ")
print(*a)
x, *y = a
print(x, y)
class Iter(list):
    def __iter__(self): return iter("ab")
    def __contains__(self, x): return True
i = Iter([1, 2])
print(list(i), tuple(i), [*i], i, sorted(i), 99 in i, "".join(i), list.__iter__(i).__next__(), [].__add__(i), {**dict.fromkeys(i)})
show('L(1)', lambda: L(1))
show('L([1], [2])', lambda: L([1], [2]))
show('L.__new__(L, 1, 2, 3)', lambda: L.__new__(L, 1, 2, 3))
show('list.__new__(L).note', lambda: list.__new__(L).note)
show('list.__init__([1, 2], "ab")', lambda: list.__init__([1, 2], "ab"))
b = [1, 2]
b.__init__("xy")
print(b, b.__class__, b.__init__())
show('hash(L())', lambda: hash(L()))
show('list(x=1)', lambda: list(x=1))
show('list([1], [2])', lambda: list([1], [2]))
