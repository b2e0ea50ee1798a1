# for and while with else, break, continue, and nested loops.
for n in range(2, 20):
    for d in range(2, n):
        if n % d == 0:
            print(n, "=", d, "*", n // d)
            break
    else:
        print(n, "prime")
i = 0
while i < 10:
    i += 1
    if i % 2: continue
    if i == 8: break
    print(i, end=" ")
else:
    print("never")
while False: pass
else: print("while else")
for x in []: pass
else: print("for else")
for i, (a, *b) in enumerate([(1, 2, 3), "xy", [9]]):
    print(i, a, b)
for i in range(3):
    for j in range(3):
        if j == 2: continue
        if i == 1: break
        print(i, j, end=";")
    else:
        print("inner else", i)
        continue
    print("broke", i)
d = {}
for d["key"] in [1, 2]: pass
print(d, i, j)
x = [0]
for x[0] in range(4): pass
print(x)
class O: pass
for O.attr in "ab": pass
print(O.attr)
for i in 1, 2, *[3, 4]: print(i, end=" ")
for (i) in (5,): print(i)
n = 5
while n: n -= 1
print(n)
for i in range(10):
    try:
        if i == 3: break
    finally:
        print("f", i, end=" ")
