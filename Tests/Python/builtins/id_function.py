# The built-in id: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('id(None) == id(None), type(id(5))', lambda: (id(None) == id(None), type(id(5))))
show('id()', lambda: id())
show('id(wrong=1)', lambda: id(wrong=1))
