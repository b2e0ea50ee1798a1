# Lists that change while they are iterated.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

a = [1, 2, 3]
for x in a:
    print(x, end=" ")
    if len(a) < 6: a.append(x * 10)
print(a)
a = list(range(6))
for x in a:
    print(x, end=" ")
    a.remove(x)
print(a)
a = [1, 2, 3, 4]
for x in reversed(a):
    print(x, end=" ")
    a.pop()
print(a)
it = iter([1, 2])
print(list(it), list(it), next(it, "done"))
a = [1]
it = iter(a)
print(next(it), next(it, None))
a.append(2)
print(next(it, "still over"))
it = iter(a)
next(it)
a.clear()
print(next(it, "cleared"))
r = reversed([1, 2, 3])
print(next(r), r.__length_hint__(), list(r), r.__length_hint__())
it = iter([1, 2, 3, 4])
print(it.__length_hint__(), next(it), it.__length_hint__(), it.__reduce__()[1:], it.__setstate__(3), list(it), it.__reduce__()[1:])
show('[x for x in a for a in [[1]]]', lambda: [x for x in a for a in [[1]]])
m = [3, 1, 2]
print([m.pop() for _ in range(3)], m)
class Del:
    def __del__(self): print("del", len(box))
box = [Del(), Del()]
box.clear()
box = [Del()]
box[0] = 1
box[:] = [Del(), Del()]
del box[0]
box = []
