# Unpacking: nested targets, stars, order of evaluation and failures.
def order(n): print("eval", n, end=" "); return n
log = {}
log[order(1)], log[order(2)] = order(3), order(4)
print(log)
a = b = c = []
a.append(1)
print(b, c is a)
i, lst = 0, [5, 6]
i, lst[i] = 1, "moved"
print(i, lst)
x, (y, [z, *w]), *v = 1, (2, [3, 4, 5]), 6, 7
print(x, y, z, w, v)
[a, b] = {"k": 1, "l": 2}
(a), [b] = "x", "y"
*a, = range(3)
print(a, b)
a, b = b, a
a, *b, c = "xyz" "q"
print(a, b, c)
def fail(source, names="a b c d"):
    scope = {}
    try:
        exec(source, scope)
        print(source, {n: scope[n] for n in names.split() if n in scope})
    except Exception as e:
        print(source, type(e).__name__, e, {n: scope[n] for n in names.split() if n in scope})
for source in ["a, b = 1,", "a, b = 1, 2, 3", "a, b, *c = 1,", "a, *b, c = []", "a, b = 5", "a, b = None", "a, (b, c) = 1, 2", "a, b = {1}", "a, b = 'abc'", "(a, b), c = [1, 2], 3", "a, b, c = range(2)", "a, b = iter([1, 2, 3])", "a, b = {}", "[] = [1]", "() = ''", "*a, b = ''", "a = *[1, 2], 3", "a, b = (x for x in (1, 1/0))", "a = b, c = 1, 2", "a = (b, c) = [1, 2]", "a, a, a = 1, 2, 3", "a, b = map(int, '1x')"]:
    fail(source)
