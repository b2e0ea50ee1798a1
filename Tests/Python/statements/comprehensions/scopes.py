# Scopes of comprehensions: first iterable outside, names inside, class bodies, closures.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

x = "outer"
print([x for x in range(3)], x, {x: x * 2 for x in range(2)}, {x for x in [5]}, list(x for x in "ab"), x)
funcs = [lambda: i for i in range(3)]
print([f() for f in funcs], [f() for f in [lambda i=i: i for i in range(3)]], [(lambda: i)() for i in range(3)])
class C:
    y = 5
    items = [1, 2]
    doubled = [i * 2 for i in items]
    try:
        broken = [y for _ in items]
    except NameError as e:
        print(e)
    cond = [i for i in items if i]
    nested = [[j for j in items] for items in [[7]]]
    z = list(i for i in items)
print(C.doubled, C.cond, C.nested, C.z)
def f():
    a = 1
    g = [a for _ in range(2)]
    a = 2
    h = (a for _ in range(2))
    a = 3
    return g, list(h)
print(f())
def locals_inside(): return [sorted(locals()) for unique in [1]], sorted(locals())
print(locals_inside())
print([(i, j) for i in range(3) for j in range(i) if i + j > 1 if j], [[i * j for j in range(3)] for i in range(2)], [a for a, *_ in ["xyz", "pq"]], [k for k, v in {"a": 1}.items()], [*(i for i in range(2))])
show('[1 / i for i in [1, 0]]', lambda: [1 / i for i in [1, 0]])
show('[undefined for i in [1]]', lambda: [undefined for i in [1]])
show('[i for i in undefined]', lambda: [i for i in undefined])
show('[i for i in 5]', lambda: [i for i in 5])
show('{[]: 1 for i in [1]}', lambda: {[]: 1 for i in [1]})
show('{i: [] for i in [[]]}', lambda: {i: [] for i in [[]]})
show('{[] for i in [1]}', lambda: {[] for i in [1]})
show('(i for i in 5)', lambda: (i for i in 5))
show('(undefined for i in [1]).gi_running', lambda: (undefined for i in [1]).gi_running)
def g():
    try:
        return [q for q in range(2)], q
    except NameError as e:
        return str(e)
print(g())
print({k: v for k, v in zip("ab", range(2)) if v}, {(lambda: k)() for k in [1]}, sum(i for i in range(5) if i % 2), [y for x in [[1, 2], [3]] for y in x], [x if x else "zero" for x in (0, 1)], [[] for _ in range(2)])
del x
print([x for x in [1]], "x" in globals())
