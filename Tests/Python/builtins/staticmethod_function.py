# The built-in staticmethod: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('staticmethod(len)("abc"), staticmethod(5).__func__', lambda: (staticmethod(len)("abc"), staticmethod(5).__func__))
show('staticmethod(wrong=1)', lambda: staticmethod(wrong=1))
