# The built-in range: results, every sample value as argument, and wrong arguments.
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
    if value == 2**70:
        continue
    print(text(value), attempt(lambda: text(range(value))))
for a in SAMPLES[::3]:
    for b in SAMPLES[::2]:
        print(text(a), text(b), attempt(lambda: text(range(a, b))))
print(attempt(range) if 'range' != "zip" else "", attempt(range, 1, 2, 3, 4, 5) if 'range' not in ("max", "min", "zip", "map") else "", attempt(lambda: range(wrong=1)) if 'range' != "zip" else "")
show('range(5), range(1, 5), range(1, 10, 3), range(5, 0, -1), list(range(0))', lambda: (range(5), range(1, 5), range(1, 10, 3), range(5, 0, -1), list(range(0))))
show('range(1, 2, 0)', lambda: range(1, 2, 0))
show('range(1.5)', lambda: range(1.5))
show('range()', lambda: range())
show('range(1, 2, 3, 4)', lambda: range(1, 2, 3, 4))
show('range(stop=5)', lambda: range(stop=5))
