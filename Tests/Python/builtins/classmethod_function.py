# The built-in classmethod: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('classmethod(len).__func__ is len, classmethod(5).__func__', lambda: (classmethod(len).__func__ is len, classmethod(5).__func__))
