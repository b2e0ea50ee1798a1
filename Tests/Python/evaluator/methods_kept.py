# Methods that are read without being called at once, at one place from objects of many classes.


class Plain:
    def __init__(self, name):
        self.name = name

    def tell(self, *more):
        return (self.name, *more)

    @classmethod
    def make(cls, *more):
        return (cls.__name__, *more)

    @staticmethod
    def alone(*more):
        return ("alone", *more)


class Derived(Plain):
    def tell(self, *more):
        return ("derived", *super().tell(*more))


class Slotted:
    __slots__ = ("name",)

    def __init__(self, name):
        self.name = name

    tell = Plain.tell
    make = Plain.make
    alone = staticmethod(len)


class Foreign:
    # A method of lists is no method of this class's objects.
    append = list.append

    def __init__(self):
        self.tell = lambda *more: ("own", *more)


class Answering:
    def __getattr__(self, name):
        return lambda *more: ("answered", name, *more)

    def tell(self):
        return "answering"


def read(objects):
    for object in objects:
        try:
            tell = object.tell
            yield tell(), tell == object.tell, getattr(tell, "__self__", None) is object
        except (AttributeError, TypeError) as error:
            yield type(error).__name__, str(error)


OBJECTS = [Plain("a"), Derived("b"), Slotted("c"), Foreign(), Answering(), 5, "text", Plain, Derived("d"), Plain("e")]
for _ in range(3):
    for answer in list(read(OBJECTS * 4))[-len(OBJECTS) :]:
        print(*answer)


# Methods of builtin types.
def collect(containers):
    result = []
    for container in containers:
        put = container.append
        put(1)
        put(2)
        result.append((type(container).__name__, list(container), put.__name__, put.__self__ is container))
    return result


class Own(list):
    pass


class Telling(list):
    def append(self, item):
        super().append(("told", item))


from array import array
from collections import deque

for _ in range(4):
    print(collect([[], Own(), Telling(), deque(), array("b"), bytearray(), []]))

try:
    for _ in range(20):
        collect([[], Own(), Foreign(), deque()])
except TypeError as error:
    print("TypeError:", error)


# What the object has itself, or what the class gets later, is seen at once.
def get(object):
    return object.tell


first, second, third = Plain("first"), Derived("second"), Slotted("third")
for _ in range(20):
    for object in (first, second, third):
        get(object)
first.tell = lambda: "own"
print(get(first)(), get(second)(), get(third)())
del first.tell
print(get(first)(), get(second)(), get(third)())
Plain.tell = lambda self: "changed"
print(get(first)(), get(second)(), get(third)())
del Derived.tell
print(get(first)(), get(second)(), get(third)())
vars(second)["tell"] = 7
print(get(first)(), get(second), get(third)())
