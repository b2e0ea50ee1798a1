# The built-in exec: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('exec("x = 5"), exec("")', lambda: (exec("x = 5"), exec("")))
show('exec("1 +")', lambda: exec("1 +"))
show('exec("x = y", {})', lambda: exec("x = y", {}))
show('exec("x", 5)', lambda: exec("x", 5))
show('exec("raise KeyError(1)")', lambda: exec("raise KeyError(1)"))
show('exec("a = 1", None, {})', lambda: exec("a = 1", None, {}))
show('exec()', lambda: exec())
show('exec(wrong=1)', lambda: exec(wrong=1))
