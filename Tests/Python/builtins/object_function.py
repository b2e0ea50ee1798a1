# The built-in object: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('type(object()), object() == object()', lambda: (type(object()), object() == object()))
show('object(1)', lambda: object(1))
show('object(x=1)', lambda: object(x=1))
show('object().x', lambda: object().x)
