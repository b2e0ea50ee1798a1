# Frames of several functions.
def a(n): b(n + 1)
def b(n): c(n + 1)
def c(n):
    if n:
        raise RuntimeError("deep", n)


a(0)
