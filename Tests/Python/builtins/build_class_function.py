# The built-in __build_class__: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('__build_class__(lambda: None, "T").__name__', lambda: __build_class__(lambda: None, "T").__name__)
show('__build_class__()', lambda: __build_class__())
show('__build_class__(1, "T")', lambda: __build_class__(1, "T"))
show('__build_class__(lambda: None, 1)', lambda: __build_class__(lambda: None, 1))
show('__build_class__(lambda: None, "T", 5)', lambda: __build_class__(lambda: None, "T", 5))
