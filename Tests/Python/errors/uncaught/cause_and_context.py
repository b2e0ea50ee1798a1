# Cause and context in three levels.
def f():
    try:
        int("x")
    except ValueError as e:
        raise TypeError("second") from e


try:
    f()
except TypeError:
    raise KeyError("third")
