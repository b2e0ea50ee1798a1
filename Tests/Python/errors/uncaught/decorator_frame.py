# An error in a decorator.
def deco(f):
    raise TypeError("refused")


@deco
def g():
    pass
