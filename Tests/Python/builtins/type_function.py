# The built-in type: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('type(1), type("a"), type(None), type(type), type("T", (), {}).__name__, type("T", (int,), {"x": 5})(3).x', lambda: (type(1), type("a"), type(None), type(type), type("T", (), {}).__name__, type("T", (int,), {"x": 5})(3).x))
show('type(1, 2)', lambda: type(1, 2))
show('type("a", 1, {})', lambda: type("a", 1, {}))
show('type(1, (), {})', lambda: type(1, (), {}))
show('type("a", (), 5)', lambda: type("a", (), 5))
show('type("a", (1,), {})', lambda: type("a", (1,), {}))
show('type("a", (bool,), {})', lambda: type("a", (bool,), {}))
show('type("a", (int, str), {})', lambda: type("a", (int, str), {}))
show('type("a", (object, int), {})', lambda: type("a", (object, int), {}))
show('type("a\\0b", (), {})', lambda: type("a\0b", (), {}))
show('type("a", (int, int), {})', lambda: type("a", (int, int), {}))
show('type()', lambda: type())
show('type()', lambda: type())
show('type(wrong=1)', lambda: type(wrong=1))
