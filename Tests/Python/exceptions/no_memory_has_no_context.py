# A MemoryError of the interpreter has no context, whatever is being handled; one that a program raises has.
def attempts():
    yield lambda: [1] * (1 << 60)
    yield lambda: "ab" * (1 << 60)
    yield lambda: (1, 2) * (1 << 59)
    yield lambda: bytearray(1) * (1 << 60)


for attempt in attempts():
    try:
        1 / 0
    except ZeroDivisionError:
        try:
            attempt()
        except MemoryError as error:
            print(repr(error), repr(error.__context__), repr(error.__cause__))

try:
    {}["key"]
except KeyError:
    try:
        raise MemoryError("mine")
    except MemoryError as error:
        print(repr(error), repr(error.__context__))

try:
    try:
        [0] * (1 << 60)
    finally:
        [].missing
except AttributeError as error:
    print(repr(error), repr(error.__context__))

try:
    [].missing
except AttributeError:
    [0] * (1 << 60)
