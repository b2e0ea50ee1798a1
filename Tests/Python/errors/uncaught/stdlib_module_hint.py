# A name that is a module of the library and not imported.
def f():
    return sys.version


f()
