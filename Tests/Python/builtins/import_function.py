# The built-in __import__: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('__import__("sys").__name__', lambda: __import__("sys").__name__)
show('__import__(5)', lambda: __import__(5))
show('__import__("no_such_module_anywhere")', lambda: __import__("no_such_module_anywhere"))
show('__import__("")', lambda: __import__(""))
show('__import__("sys", level=-1)', lambda: __import__("sys", level=-1))
show('__import__("x", {}, {}, [], 1)', lambda: __import__("x", {}, {}, [], 1))
show('__import__()', lambda: __import__())
show('__import__(wrong=1)', lambda: __import__(wrong=1))
