# Sequences, and those of classes derived from them, extended by themselves: by what they hold at the beginning.
import array
import collections


def classes():
    for base in (list, bytearray, collections.deque):
        yield base
        yield type(base.__name__.title(), (base,), {})
    yield type("Iterating", (list,), {"__iter__": lambda self: list.__iter__(self)})


for cls in classes():
    for items in ((), (1,), (1, 2, 3)):
        for change in ("extend", "+=", "slice", "insert", "left"):
            value = cls(items)
            try:
                if change == "extend":
                    value.extend(value)
                elif change == "+=":
                    value += value
                elif change == "slice":
                    value[:] = value
                elif change == "insert":
                    value[1:1] = value
                else:
                    value.extendleft(value)
                print(cls.__name__, change, list(value))
            except (AttributeError, TypeError) as error:
                print(cls.__name__, change, type(error).__name__, error)

for items in ((), (1,), (1, 2, 3)):
    value = array.array("i", items)
    value.extend(value)
    value += value
    value[1:1] = value
    print(value)

for base in (set, dict):
    derived = type("Derived", (base,), {})
    value = derived({1: 2, 3: 4})
    value.update(value)
    value |= value
    print(sorted(value))
