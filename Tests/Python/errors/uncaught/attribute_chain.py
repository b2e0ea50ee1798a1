# Carets under one attribute of a chain.
class N:
    pass


n = N()
n.a = N()
n.a.b = None
print(n.a.b.c.d)
