# The built-in print: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('print(), print(1, 2, sep="-"), print("a", end="!\\n"), print(*[1, 2], sep=""), print(sep="x"), print("a", "b", sep=None, end=None), print(flush=True)', lambda: (print(), print(1, 2, sep="-"), print("a", end="!\n"), print(*[1, 2], sep=""), print(sep="x"), print("a", "b", sep=None, end=None), print(flush=True)))
show('print(1, sep=5)', lambda: print(1, sep=5))
show('print(1, end=5)', lambda: print(1, end=5))
show('print(1, file=5)', lambda: print(1, file=5))
show('print(1, wrong=5)', lambda: print(1, wrong=5))
