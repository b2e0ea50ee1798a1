# A local that is read too early.
def f():
    print(x)
    x = 1


f()
