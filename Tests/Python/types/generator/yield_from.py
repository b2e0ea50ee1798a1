# Delegation: values, send and throw passed on, return values, iterators without send.
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

def inner():
    try:
        a = yield 1
        print("inner got", a)
        b = yield 2
        print("inner got", b)
    except ValueError as e:
        print("inner caught", e)
        yield "recovered"
    return "result"
def outer():
    r = yield from inner()
    print("outer got", r)
    s = yield from [10, 20]
    print("list gives", s)
    return r
g = outer()
print(next(g), g.send("x"), g.throw(ValueError("v")), attempt(next, g), attempt(next, g), attempt(next, g))
def over(it): return (yield from it)
show('list(over("ab")), list(over({1: 2})), list(over(iter([])))', lambda: (list(over("ab")), list(over({1: 2})), list(over(iter([])))))
show('next(over(5))', lambda: next(over(5)))
show('next(over(None))', lambda: next(over(None)))
o = over(iter([1, 2])); next(o)
show('o.send(5)', lambda: o.send(5))
o = over(iter([1, 2])); next(o)
show('o.throw(KeyError("k"))', lambda: o.throw(KeyError("k")))
class It:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self): self.n += 1; return self.n
    def send(self, v): print("send", v); return "sent"
    def throw(self, *a): print("throw", len(a), a); return "thrown"
    def close(self): print("close")
o = over(It())
print(next(o), o.send(3), o.throw(KeyError), o.close())
class BadClose(It):
    def close(self): raise OSError("close failed")
o = over(BadClose()); next(o)
show('o.close()', lambda: o.close())
def recursive(n):
    if n: yield n; yield from recursive(n - 1)
print(list(recursive(5)), sum(recursive(50)))
def me():
    yield from x
x = me()
show('next(x)', lambda: next(x))
def tree(t):
    if isinstance(t, list):
        for s in t: yield from tree(s)
    else: yield t
print(list(tree([1, [2, [3, [4]], 5]])), over([]).gi_yieldfrom)
def stop():
    yield 1
    raise StopIteration("manual")
show('list(stop())', lambda: list(stop()))
show('list(over(stop()))', lambda: list(over(stop())))
