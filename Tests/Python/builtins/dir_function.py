# The built-in dir: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('dir(5)[:3], dir([])[-3:]', lambda: (dir(5)[:3], dir([])[-3:]))
show('"__len__" in dir("")', lambda: "__len__" in dir(""))
show('dir(wrong=1)', lambda: dir(wrong=1))
