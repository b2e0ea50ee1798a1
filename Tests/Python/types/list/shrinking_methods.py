# pop, remove, clear, del and their errors.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

a = list(range(8))
print(a.pop(), a.pop(0), a.pop(-2), a.pop(True), a)
show('a.pop(10)', lambda: a.pop(10))
show('a.pop(-10)', lambda: a.pop(-10))
show('a.pop("x")', lambda: a.pop("x"))
show('a.pop(1.0)', lambda: a.pop(1.0))
show('a.pop(1, 2)', lambda: a.pop(1, 2))
show('a.remove(3), a', lambda: (a.remove(3), a))
show('a.remove(99)', lambda: a.remove(99))
show('a.remove()', lambda: a.remove())
show('[].pop()', lambda: [].pop())
show('a.clear(), a', lambda: (a.clear(), a))
show('a.clear(1)', lambda: a.clear(1))
class Same:
    def __eq__(self, other): print("eq", other); return other == 2
show('[1, 2, 3].remove(Same())', lambda: [1, 2, 3].remove(Same()))
show('[1, 2, 3].index(Same())', lambda: [1, 2, 3].index(Same()))
show('[1, 2, 3].count(Same())', lambda: [1, 2, 3].count(Same()))
a = [1.0, True, 1, "1"]
a.remove(1)
print(a)
def delete(work, key): del work[key]; return work
show('delete([1, 2, 3], 0), delete([1, 2, 3], -1), delete([1, 2, 3, 4], slice(None, None, 2))', lambda: (delete([1, 2, 3], 0), delete([1, 2, 3], -1), delete([1, 2, 3, 4], slice(None, None, 2))))
show('delete([], 0)', lambda: delete([], 0))
show('delete([1], "a")', lambda: delete([1], "a"))
show('delete([1], 1.0)', lambda: delete([1], 1.0))
show('delete([1], None)', lambda: delete([1], None))
