# Qualified names of exception classes.
def f():
    class Inner(Exception):
        pass
    raise Inner("x")


f()
