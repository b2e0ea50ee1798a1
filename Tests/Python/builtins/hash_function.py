# The built-in hash: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('hash(1), hash(-1), hash(2**61 - 1), hash(1.0), hash(()), hash(None) == hash(None), hash((1, 2)) == hash((1, 2)), hash(0.5)', lambda: (hash(1), hash(-1), hash(2**61 - 1), hash(1.0), hash(()), hash(None) == hash(None), hash((1, 2)) == hash((1, 2)), hash(0.5)))
show('hash([])', lambda: hash([]))
show('hash()', lambda: hash())
show('hash(wrong=1)', lambda: hash(wrong=1))
