# An exception in a generator.
def g():
    yield 1
    yield {}["missing"]


for x in g():
    print(x)
