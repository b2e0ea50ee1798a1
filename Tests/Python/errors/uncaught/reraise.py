# A traceback that passes a handler again.
def f():
    raise ValueError("x")


try:
    f()
except ValueError:
    print("seen")
    raise
