# The built-in zip: results, every sample value as argument, and wrong arguments.
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
    print(text(value), attempt(lambda: text(zip(value))))
for a in SAMPLES[::3]:
    for b in SAMPLES[::2]:
        print(text(a), text(b), attempt(lambda: text(zip(a, b))))
print(attempt(zip) if 'zip' != "zip" else "", attempt(zip, 1, 2, 3, 4, 5) if 'zip' not in ("max", "min", "zip", "map") else "", attempt(lambda: zip(wrong=1)) if 'zip' != "zip" else "")
show('list(zip("ab", [1, 2, 3])), list(zip()), list(zip("a")), list(zip("ab", "cd", strict=True))', lambda: (list(zip("ab", [1, 2, 3])), list(zip()), list(zip("a")), list(zip("ab", "cd", strict=True))))
show('list(zip("ab", "c", strict=True))', lambda: list(zip("ab", "c", strict=True)))
show('list(zip("a", "bc", strict=True))', lambda: list(zip("a", "bc", strict=True)))
show('list(zip("ab", "cd", "e", strict=True))', lambda: list(zip("ab", "cd", "e", strict=True)))
show('zip(5)', lambda: zip(5))
show('zip("a", 5)', lambda: zip("a", 5))
show('list(zip("a", strict=5))', lambda: list(zip("a", strict=5)))
show('zip("a", wrong=1)', lambda: zip("a", wrong=1))
