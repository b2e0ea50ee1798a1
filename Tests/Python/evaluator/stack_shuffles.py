# Orders of evaluation that make values change places on the stack: chained comparisons, augmented targets, patterns, nested conditionals in calls.
log = []


def t(x):
    log.append(x)
    return x


class Box:
    def __init__(self, v):
        self.v = v
        self.items = {}


b = Box(1)
b.v += t(2)
b.items[t("k")] = t(3)
b.items["k"] += t(4)
b.items["k"] *= b.v if t(True) else 0
print(b.v, b.items, log)
x = 5
print(x + (x := 7) + x, x)
print(t(1) < t(2) < t(3), t(3) < t(2) < t(1), 1 < x < 10 < x)
print([t(1), *[t(2)], t(3) if t(0) else t(4)], {**{"a": t(1)}, "b": t(2) or t(3)}, (t(0) and t(1), t(2) and t(3)))


def f(*a, **k):
    return a, k


print(f(t(1), t(2) if t(True) else t(3), k=t(4) or t(5), **{"z": t(6)}))
print(f(*(t(i) for i in range(3)), f(t(7))[0], q=f(r=t(8))))


def match(s):
    match s:
        case {"a": z, "b": [p, *q], **rest}:
            return z, p, q, rest
        case [a, (b, c), *_, d]:
            return a, b, c, d
        case Box(v=v) | [Box(v=v)]:
            return v
        case str() as text if len(text) > 2:
            return text
        case 1 | 2 | None:
            return "literal"
        case _:
            return "other"


for subject in ({"a": 1, "b": [2, 3, 4], "c": 5}, [1, (2, 3), 4, 5, 6], Box(9), [Box(8)], "long", "s", 2, None, 3.5):
    print(match(subject))


def swap(a, b, c):
    a, b = b, a
    a, b, c = c, a, b
    (a, b), c = (c, a), b
    return a, b, c


print(swap(1, 2, 3))


def local(y):
    y = y + (lambda y: y * 2)(y)
    z = y if y > 3 else -y
    z, y = y - z, z if z else y
    del y
    try:
        return y
    except UnboundLocalError as e:
        return z, str(e)


print(local(3), local(1))
i = [0, 1, 2]
i[0], i[i[0] - 1], i[2] = i[2], i[0], i[1]
print(i)
print([(a, b) for a in range(3) if a for b in range(a) if (c := a * b) is not None], c)
print((lambda n: [n := n - 1 for _ in range(n)][-1] if n else None) and "lambda")
w = [j for j in range(3)]
j = "outer"
print([j for j in w], j)
for k in range(3):
    for m in range(3):
        if m == 2:
            break
        if k == 1:
            continue
        print(k, m, end=";")
    else:
        print("never")
else:
    print("end")
