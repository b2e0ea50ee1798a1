# + and * of lists and tuples, shared elements, and aliasing.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

inner = []
a = [inner] * 3
inner.append(1)
print(a, a[0] is a[2], [0] * 3, 3 * [1, 2], [1] * 0, [1] * -5, [] * 10, [1] * True, (1,) * 3, 2 * (1, 2), () * 5)
t = (1, 2)
print(t * 1 is t, t + () == t, (() + t), t[:] is t, tuple(t) is t, list(t) is t, t + (3,))
show('[1] * 1.5', lambda: [1] * 1.5)
show('[1] * "a"', lambda: [1] * "a")
show('[1] * None', lambda: [1] * None)
show('[1] * [1]', lambda: [1] * [1])
show('[1] * 2**62', lambda: [1] * 2**62)
show('[1] * 2**63', lambda: [1] * 2**63)
show('(1,) * 2**62', lambda: (1,) * 2**62)
show('[1] + "a"', lambda: [1] + "a")
show('[1] + None', lambda: [1] + None)
show('(1,) + [1]', lambda: (1,) + [1])
show('() + 1', lambda: () + 1)
a = [1, 2]
a *= 2
print(a)
a *= 0
print(a)
matrix = [[0] * 2 for _ in range(2)]
matrix[0][0] = 1
print(matrix)
a = b = [1]
a = a * 2
print(a, b)
