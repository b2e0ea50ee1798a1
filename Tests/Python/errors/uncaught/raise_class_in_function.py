# A class is raised without being called.
def f():
    raise LookupError


f()
