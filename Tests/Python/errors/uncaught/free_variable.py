# A free variable that is not bound yet.
def f():
    def g():
        return x
    g()
    x = 1


f()
