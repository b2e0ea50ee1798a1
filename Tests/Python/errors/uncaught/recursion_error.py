# RecursionError at the top.
def f():
    return f()


f()
