# The operator += between every pair of sample values, on a copy of the left one. Whether equal floats are one object is left open.
SAMPLES = [0, 7, -3, True, 2**70, 1.5, -0.0, 2j, "text", "", b"bytes", bytearray(b"ba"), None, ..., NotImplemented, [1, 2], [], (1, 2), (), {"k": 1}, {}, {3}, frozenset({3}),
           range(3), slice(1, 2), int, len, object, memoryview(b"m"), ValueError("v"), {}.keys(), {1: 2}.values(), {1: 2}.items()]

def text(value):
    if isinstance(value, (set, frozenset)):
        return type(value).__name__ + str(sorted(map(repr, value)))
    shown = repr(value)
    return type(value).__name__ if " at 0x" in shown or "<memory" in shown else shown[:80]


def copied(value):
    return value.copy() if isinstance(value, (list, dict, set, bytearray)) else value


for index, b in enumerate(SAMPLES):
    for a in SAMPLES:
        target = copied(a)
        try:
            target += copied(b)
            print(text(a), "+=", text(b), "->", text(target), isinstance(a, float) or target is a)
        except Exception as error:
            print(text(a), "+=", text(b), "!!", type(error).__name__, error, text(target))
