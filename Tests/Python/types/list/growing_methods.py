# append, extend, insert, += and their errors.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

a = []
show('a.append(1), a', lambda: (a.append(1), a))
show('a.append()', lambda: a.append())
show('a.append(1, 2)', lambda: a.append(1, 2))
show('a.extend("bc"), a', lambda: (a.extend("bc"), a))
show('a.extend(5)', lambda: a.extend(5))
show('a.extend(a), a', lambda: (a.extend(a), a))
show('a.insert(0, "first"), a.insert(100, "last"), a.insert(-1, "before"), a.insert(-100, "zero"), a', lambda: (a.insert(0, "first"), a.insert(100, "last"), a.insert(-1, "before"), a.insert(-100, "zero"), a))
show('a.insert("x", 1)', lambda: a.insert("x", 1))
show('a.insert(1)', lambda: a.insert(1))
show('a.insert(1.0, 2)', lambda: a.insert(1.0, 2))
show('a.insert(2**100, 3)', lambda: a.insert(2**100, 3))
show('a.__iadd__((1, 2))', lambda: a.__iadd__((1, 2)))
show('a.__iadd__(5)', lambda: a.__iadd__(5))
show('[1] + (2,)', lambda: [1] + (2,))
b = [1]
c = b
b += "xy"
print(b, c is b)
b = b + [3]
print(b, c)
try:
    b += 5
except TypeError as error:
    print(error)
def g():
    yield 1
    raise KeyError("stop")
try:
    c.extend(g())
except KeyError as error:
    print(error, c)
class Short:
    def __iter__(self): return iter([1, 2])
    def __len__(self): return 10
class BadHint:
    def __iter__(self): return iter([1])
    def __length_hint__(self): return -1
show('c.extend(Short()), c', lambda: (c.extend(Short()), c))
show('c.extend(BadHint())', lambda: c.extend(BadHint()))
show('list(BadHint())', lambda: list(BadHint()))
