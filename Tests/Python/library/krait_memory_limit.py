"""An interpreter at its memory limit raises MemoryError as often as need be, even where none can be made any more; a runtime without limits has nothing to check."""
from concurrent import interpreters

try:
    import krait
except ImportError:
    krait = None

# All blocks of the size of an exception are taken, so that the next one finds no room.
PROGRAM = """
def fill():
    for index, place in enumerate(places):
        if place is None:
            places[index] = ValueError()

def again(depth):
    try:
        fill()
    except MemoryError:
        if depth < 40:
            again(depth + 1)

class Local:
    pass

def holds():
    local = Local()
    references.append(weakref.ref(local))
    fill()

references = []
try:
    holds()
except MemoryError:
    pass
assert references[0]() is None

for _ in range(20):
    try:
        fill()
    except MemoryError:
        pass
try:
    again(0)
except MemoryError:
    pass
places.clear()
try:
    bytes(1 << 40)
except MemoryError as error:
    assert error.__traceback__.tb_next is None and error.__context__ is None
"""


def check():
    interpreter = interpreters.create()
    interpreter.exec("import weakref\nplaces = [None] * 1000000")
    krait.set_memory_limit(interpreter, krait.memory_footprint(interpreter) + (2 << 20))
    interpreter.exec(PROGRAM)
    interpreter.close()


if krait is not None:
    check()
print("done")
