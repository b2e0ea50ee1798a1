# generator.throw(): what it raises where, and the frames that the code inside sees.
import sys


def names():
    frame = sys._getframe(1)
    found = []
    while frame:
        found.append(frame.f_code.co_name)
        frame = frame.f_back
    return found


def inner():
    try:
        yield 1
    except ValueError:
        print(names())
    print(names())
    yield 2


def outer():
    yield from inner()


generator = outer()
next(generator)
print(generator.throw(ValueError))


class Delegate:
    def __iter__(self):
        return self

    def __next__(self):
        return 1

    def throw(self, *arguments):
        print("throw", arguments, names(), sys.exception())
        raise StopIteration(7)


def delegating():
    try:
        1 / 0
    except ZeroDivisionError:
        print((yield from Delegate()))
    yield 8


generator = delegating()
next(generator)
print(generator.throw(KeyError))


class Odd(Exception):
    def __new__(cls, *arguments):
        return cls


for start in (False, True):
    generator = inner()
    if start:
        next(generator)
    try:
        generator.throw(Odd)
    except TypeError as error:
        print(error)
    print(list(generator))

for start in (False, True):
    generator = inner()
    if start:
        next(generator)
    try:
        1 / 0
    except ZeroDivisionError as caught:
        try:
            generator.throw(caught)
        except ZeroDivisionError as error:
            traceback = error.__traceback__
            while traceback:
                print(traceback.tb_frame.f_code.co_name, traceback.tb_lineno)
                traceback = traceback.tb_next


def exhausted():
    yield


generator = exhausted()
frame = generator.gi_frame
next(generator)
next(generator, None)
print(frame.f_back)
