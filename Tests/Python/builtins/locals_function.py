# The built-in locals: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('type(locals()), locals()', lambda: (type(locals()), locals()))
show('locals(1)', lambda: locals(1))
show('locals(wrong=1)', lambda: locals(wrong=1))
