# The built-in vars: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('vars(type("T", (), {"x": 1}))["x"]', lambda: vars(type("T", (), {"x": 1}))["x"])
show('vars(5)', lambda: vars(5))
show('vars(1, 2)', lambda: vars(1, 2))
show('vars(wrong=1)', lambda: vars(wrong=1))
