# Carets under a binary operation.
def f(a, b):
    return 1 + (a / b) * 2


f(1, 0)
