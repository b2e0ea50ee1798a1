# The built-in property: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('property().fget, property(len).fget is len, property(doc="d").__doc__', lambda: (property().fget, property(len).fget is len, property(doc="d").__doc__))
show('property(1, 2, 3, 4, 5)', lambda: property(1, 2, 3, 4, 5))
show('property(wrong=1)', lambda: property(wrong=1))
