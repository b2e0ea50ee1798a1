# What fails when a program's modules have been given up is reported without lines of its source, which Python could not read any more; before that, with them.
import atexit


def steps():
    try:
        yield 1
    finally:
        frozenset(2)


class Ends:
    def __del__(self):
        raise ValueError("the end")


def at_exit():
    generator = steps()
    next(generator)
    del generator


atexit.register(at_exit)
early = steps()
next(early)
early = None
kept = steps()
next(kept)
ends = Ends()
print("done")
