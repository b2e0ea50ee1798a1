# The built-in input: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('input()', lambda: input())
show('input("prompt ")', lambda: input("prompt "))
