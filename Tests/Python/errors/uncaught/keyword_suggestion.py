# A misspelt keyword argument.
def f(colour=1, shape=2):
    pass


f(color=3)
