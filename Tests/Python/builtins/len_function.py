# The built-in len: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

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


for value in SAMPLES:
    print(text(value), attempt(lambda: text(len(value))))
print(attempt(len) if 'len' != "zip" else "", attempt(len, 1, 2, 3, 4, 5) if 'len' not in ("max", "min", "zip", "map") else "", attempt(lambda: len(wrong=1)) if 'len' != "zip" else "")
show('len(""), len([1]), len({1: 2}), len(range(5)), len(b"ab")', lambda: (len(""), len([1]), len({1: 2}), len(range(5)), len(b"ab")))
show('len(range(2**70))', lambda: len(range(2**70)))
show('len(5)', lambda: len(5))
