# The built-in min: results, every sample value as argument, and wrong arguments.
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
    print(text(value), attempt(lambda: text(min(value))))
for a in SAMPLES[::3]:
    for b in SAMPLES[::2]:
        print(text(a), text(b), attempt(lambda: text(min(a, b))))
print(attempt(min) if 'min' != "zip" else "", attempt(min, 1, 2, 3, 4, 5) if 'min' not in ("max", "min", "zip", "map") else "", attempt(lambda: min(wrong=1)) if 'min' != "zip" else "")
show('min(1, 2), min([3, 1]), min("ab", "b"), min([], default=5), min([1, -5], key=abs), min(1, 1.0), min({3, 1})', lambda: (min(1, 2), min([3, 1]), min("ab", "b"), min([], default=5), min([1, -5], key=abs), min(1, 1.0), min({3, 1})))
show('min([])', lambda: min([]))
show('min(1)', lambda: min(1))
show('min(1, 2, default=3)', lambda: min(1, 2, default=3))
show('min([1, "a"])', lambda: min([1, "a"]))
show('min(*[])', lambda: min(*[]))
