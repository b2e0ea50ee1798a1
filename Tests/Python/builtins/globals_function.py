# The built-in globals: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('type(globals()), globals()["__name__"]', lambda: (type(globals()), globals()["__name__"]))
show('globals(1)', lambda: globals(1))
show('globals(wrong=1)', lambda: globals(wrong=1))
