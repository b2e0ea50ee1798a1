# The built-in delattr: results, every sample value as argument, and wrong arguments.
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
    print(text(value), attempt(lambda: text(delattr(value))))
for a in SAMPLES[::3]:
    for b in SAMPLES[::2]:
        print(text(a), text(b), attempt(lambda: text(delattr(a, b))))
print(attempt(delattr) if 'delattr' != "zip" else "", attempt(delattr, 1, 2, 3, 4, 5) if 'delattr' not in ("max", "min", "zip", "map") else "", attempt(lambda: delattr(wrong=1)) if 'delattr' != "zip" else "")
show('delattr(lambda: 1, "x")', lambda: delattr(lambda: 1, "x"))
