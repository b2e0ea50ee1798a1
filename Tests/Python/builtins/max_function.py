# The built-in max: results, every sample value as argument, and wrong arguments.
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
    print(text(value), attempt(lambda: text(max(value))))
for a in SAMPLES[::3]:
    for b in SAMPLES[::2]:
        print(text(a), text(b), attempt(lambda: text(max(a, b))))
print(attempt(max) if 'max' != "zip" else "", attempt(max, 1, 2, 3, 4, 5) if 'max' not in ("max", "min", "zip", "map") else "", attempt(lambda: max(wrong=1)) if 'max' != "zip" else "")
show('max(1, 2), max([3, 1]), max("ab", "b"), max([], default=5), max([1, -5], key=abs), max(1, 1.0), max(True, 1)', lambda: (max(1, 2), max([3, 1]), max("ab", "b"), max([], default=5), max([1, -5], key=abs), max(1, 1.0), max(True, 1)))
show('max([])', lambda: max([]))
show('max(1)', lambda: max(1))
show('max(1, 2, default=3)', lambda: max(1, 2, default=3))
show('max([1, "a"])', lambda: max([1, "a"]))
show('max(key=abs)', lambda: max(key=abs))
show('max([1], key=5)', lambda: max([1], key=5))
