"""Attributes that native types compute, in loops: of several types, of classes derived from them, in classes where they do not belong, and with errors."""
import datetime
import fractions
import xml.etree.ElementTree as ET


class Sub(ET.Element):
    pass


class Own(ET.Element):
    tag = "own"


class Foreign:
    tag = ET.Element.__dict__["tag"]
    year = datetime.date.__dict__["year"]


class Late(ET.Element):
    pass


def read(objects):
    answers = []
    for _ in range(40):
        for value in objects:
            try:
                answers.append(value.tag)
            except (TypeError, AttributeError) as error:
                answers.append(f"{type(error).__name__}: {error}")
    return answers


objects = [ET.Element("a"), Sub("b"), Own("c"), Foreign(), Late("d"), 5, "text"]
answers = read(objects)
print(len(answers), answers[:7], answers == answers[:7] * 40)
Late.tag = property(lambda self: "late")
print(read(objects)[:7])
del Late.tag
print(read(objects)[:7])


def years(dates):
    total = 0
    for _ in range(50):
        for date in dates:
            try:
                total += date.year
            except TypeError as error:
                total += len(str(error))
    return total


print(years([datetime.date(2000, 1, 1), datetime.datetime(2001, 1, 1), Foreign()]))


class Dated(datetime.date):
    def __init__(self, *arguments):
        self.__dict__["year"] = -1


print([date.year for date in [datetime.date(2000, 1, 1), Dated(2002, 1, 1)] * 10][:4], Dated(2003, 1, 1).__dict__)
print(sum(value.numerator for value in [3, True, fractions.Fraction(1, 2), 10**30] * 20) % 1000)
element = ET.Element("a")
for _ in range(20):
    element.text = None
    assert element.text is None
    element.text = "x"
    assert element.text == "x"


def total(names):
    return sum(len(function.__name__) for _ in range(20) for function in names)


print(total([len, read, str.join, Sub, ET.Element.append]))

# A class whose __next__ is another iterator's.
def numbers(count):
    for number in range(count):
        yield number
    return "done"


def through(iterator):
    class Iterator:
        __next__ = iterator.__next__

        def __iter__(self):
            return self

    return Iterator()


print(list(through(numbers(3))), list(through(iter([1, 2]))), next(through(numbers(0)), "none"), sum(through(iter(range(100)))))


def delegate():
    result = yield from through(numbers(2))
    print("result", result)


print(list(delegate()))
try:
    next(through(numbers(0)))
except StopIteration as stop:
    print("stop", stop.value)


def failing():
    yield 1
    raise ValueError("in the middle")


iterator = through(failing())
print(next(iterator))
try:
    next(iterator)
except ValueError as error:
    print(error)
itself = through(numbers(1))
type(itself).__next__ = lambda self: 7
print(next(itself))

# Calls that give nothing but what *args takes.
print(*[1, 2, 3])
print(list(zip()), list(zip([1])), list(zip("ab", [1, 2], (3, 4))), list(zip(*["abc"] * 9))[0], max(1, 5, 3), min("b", "a"))
for function, arguments in ((zip, (1,)), (zip, ([], 1)), (max, ()), (max, (1,)), (print, ())):
    try:
        print(function(*arguments))
    except TypeError as error:
        print(error)
