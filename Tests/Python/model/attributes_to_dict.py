# What happens to an instance's attributes when its `__dict__` is asked for.

import sys
import weakref


class Record:
    def __init__(self, count, value):
        for index in range(count):
            setattr(self, f"name{index}", value)


class Target:
    pass


for count in (0, 1, 2, 5, 8, 20, 40, 100, 130):
    value = Target()
    before = sys.getrefcount(value)
    record = Record(count, value)
    held = sys.getrefcount(value)
    attributes = record.__dict__
    print(count, held - before, sys.getrefcount(value) - before, len(attributes), list(attributes) == [f"name{index}" for index in range(count)])
    attributes["more"] = 1
    print(record.more, all(getattr(record, f"name{index}") is value for index in range(count)))
    record.name0 = 5
    print(attributes["name0"], vars(record) is attributes)
    seen = weakref.ref(value)
    del value
    record.__dict__ = {"other": 1}
    print(record.other, hasattr(record, "name1"), seen() is not None and count > 1)
    del attributes
    print(seen())


# In the middle of its making, and again after an exception.
class Early:
    def __init__(self):
        self.first = 1
        self.__dict__["second"] = 2
        self.third = 3


for _ in range(3):
    print(vars(Early()))


class Fields:
    __slots__ = ("field", "__dict__")


fields = Fields()
fields.field, fields.a, fields.b = 1, 2, 3
print(fields.__dict__, fields.field)
del fields.a
print(fields.__dict__, fields.field)


# The last reference goes with the instance.
class Ending:
    def __del__(self):
        print("ended")


record = Record(30, Ending())
"%(name3)s" % record.__dict__
record = None
print("after")
