# Slice assignment from iterables of every kind, from itself, and errors that change nothing.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

def assign(new, key=slice(1, 3)):
    work = [0, 1, 2, 3]
    work[key] = new
    return work
def failing():
    yield 1
    raise RuntimeError("half way")
show('assign("ab")', lambda: assign("ab"))
show('assign((5,))', lambda: assign((5,)))
show('assign(range(5))', lambda: assign(range(5)))
show('assign({7: 8})', lambda: assign({7: 8}))
show('assign(x for x in [1, 2])', lambda: assign(x for x in [1, 2]))
show('assign(5)', lambda: assign(5))
show('assign(None)', lambda: assign(None))
show('assign(failing())', lambda: assign(failing()))
show('assign([1, 2, 3], slice(None, None, 2))', lambda: assign([1, 2, 3], slice(None, None, 2)))
show('assign("xy", slice(None, None, 2))', lambda: assign("xy", slice(None, None, 2)))
show('assign(5, slice(None, None, 2))', lambda: assign(5, slice(None, None, 2)))
show('assign([], slice(3, 1))', lambda: assign([], slice(3, 1)))
show('assign([9], slice(3, 1))', lambda: assign([9], slice(3, 1)))
a = [1, 2, 3]
a[1:1] = a
print(a)
a[::2] = a[::-2]
print(a)
a[:] = a
print(a)
a[len(a):] = [10, 11]
a[:0] = iter([0])
print(a)
a[-1:] = []
del a[:2], a[-1]
print(a)
