# StopIteration inside a generator becomes RuntimeError.
def g():
    yield next(iter([]))


list(g())
