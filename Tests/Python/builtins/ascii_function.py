# The built-in ascii: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('ascii("é\\ud800"), ascii([1, "é"])', lambda: (ascii("é\ud800"), ascii([1, "é"])))
show('ascii()', lambda: ascii())
show('ascii(wrong=1)', lambda: ascii(wrong=1))
