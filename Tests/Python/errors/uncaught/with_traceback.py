# with_traceback joins frames.
def f():
    1 / 0


try:
    f()
except ZeroDivisionError as e:
    t = e.__traceback__
raise ValueError("new").with_traceback(t)
