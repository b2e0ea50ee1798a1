# Carets over several lines.
def f(*a):
    return sum(a)


x = f(
    1,
    2 +
    "three",
)
