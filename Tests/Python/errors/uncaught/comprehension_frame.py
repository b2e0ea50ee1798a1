# An error in a comprehension.
def f(items):
    return [1 / i for i in items]


f([1, 0])
