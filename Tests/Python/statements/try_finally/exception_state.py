# The exception being handled, seen by sys.exception and sys.exc_info in functions and generators.
import sys
def current(): return type(sys.exception()).__name__, sys.exc_info()[0] is type(sys.exception()) or sys.exc_info()
print(current())
try:
    raise ValueError("one")
except ValueError:
    print(current())
    try:
        raise KeyError("two")
    except KeyError:
        print(current())
    print(current())
print(current())
def gen():
    print("in", current())
    try:
        raise IndexError
    except IndexError:
        print("handling", current())
        yield 1
        print("still", current())
    print("after", current())
    yield 2
g = gen()
try:
    raise TypeError
except TypeError:
    next(g)
    print("outer", current())
print("none", current())
next(g)
print("none", current())
try:
    next(g)
except StopIteration:
    print(current())
class Context:
    def __exit__(self, *a): print("exit", a[0], current()); return True
    def __enter__(self): return self
with Context():
    raise OSError("x")
print(current())
try:
    1 / 0
except ZeroDivisionError:
    print(current())
