# A call with too many arguments.
def f(a, b, *, c):
    return a


f(1, 2, 3, c=4)
