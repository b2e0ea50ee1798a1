# Finally blocks run inside out, and later exceptions chain.
log = []
def f(depth):
    try:
        if depth == 0: raise KeyError("deep")
        f(depth - 1)
    finally:
        log.append(depth)
        if depth == 2: raise IndexError("at two")
try:
    f(4)
except Exception as e:
    while e:
        print(type(e).__name__, e, e.__suppress_context__)
        e = e.__context__
print(log)
def g():
    for i in range(3):
        try:
            try:
                if i == 1: continue
                if i == 2: return "returned"
            finally:
                print("inner", i)
        finally:
            print("outer", i)
print(g())
def h():
    try:
        yield 1
        yield 2
    finally:
        print("generator closed")
for x in h():
    break
it = h()
next(it)
del it
def swap():
    x = 1
    try:
        return x
    finally:
        x = 2
print(swap())
def mutate():
    x = []
    try:
        return x
    finally:
        x.append("late")
print(mutate())
