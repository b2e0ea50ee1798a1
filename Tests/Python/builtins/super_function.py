# The built-in super: results, every sample value as argument, and wrong arguments.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('super(int, 5).__add__(3), super(bool, True).__repr__()', lambda: (super(int, 5).__add__(3), super(bool, True).__repr__()))
show('super()', lambda: super())
show('super(int, "a")', lambda: super(int, "a"))
show('super(1, 2)', lambda: super(1, 2))
show('super(int).__self__', lambda: super(int).__self__)
show('super()', lambda: super())
show('super(wrong=1)', lambda: super(wrong=1))
