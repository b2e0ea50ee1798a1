# Missing attributes, assignment and deletion of attributes with every sample value: result or error.
def attempt(function, *arguments, **keywords):
    try:
        return repr(function(*arguments, **keywords))
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

SAMPLES = [0, 7, -3, True, 2**70, 1.5, -0.0, 2j, "text", "", b"bytes", bytearray(b"ba"), None, ..., NotImplemented, [1, 2], [], (1, 2), (), {"k": 1}, {}, {3}, frozenset({3}),
           range(3), slice(1, 2), int, len, object, memoryview(b"m"), ValueError("v"), {}.keys(), {1: 2}.values(), {1: 2}.items()]

def text(value):
    if isinstance(value, (set, frozenset)):
        return type(value).__name__ + str(sorted(map(repr, value)))
    shown = repr(value)
    return type(value).__name__ if " at 0x" in shown or "<memory" in shown else shown[:80]


def store(value): value.missing = 1
def remove(value): del value.missing
def store_class(value): value.__class__ = int
for value in SAMPLES:
    print(text(value), attempt(lambda: value.missing), attempt(store, value), attempt(remove, value), attempt(store_class, value), attempt(lambda: value.__dict__) if not isinstance(value, type) else "", sep="\n    ")
print(attempt(lambda: setattr(1, 2, 3)), attempt(lambda: getattr(1, 2)), attempt(lambda: delattr(1, None)))
