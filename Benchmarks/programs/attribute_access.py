# Attributes of instances, slots, classes, properties and __getattr__.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


class Plain:
    shared = 3

    def __init__(self):
        self.a = 1
        self.b = 2
        self.c = 3


class Slotted:
    __slots__ = ("a", "b", "c")

    def __init__(self):
        self.a = 1
        self.b = 2
        self.c = 3


class Computed:
    def __init__(self):
        self._a = 1

    @property
    def a(self):
        return self._a

    @a.setter
    def a(self, value):
        self._a = value


class Dynamic:
    def __getattr__(self, name):
        return len(name)


class Derived(Plain):
    def __init__(self):
        super().__init__()
        self.d = 4


plain, slotted, computed, dynamic, derived = Plain(), Slotted(), Computed(), Dynamic(), Derived()
objects = [plain, derived, slotted]
total = 0
for index in range(scaled(2000000)):
    plain.a = plain.b + plain.c + index & 1023
    slotted.a += slotted.b - slotted.c
    derived.d = derived.a + derived.shared + Plain.shared
    total += plain.a + slotted.a + derived.d
    item = objects[index % 3]
    item.b = item.c
    total += item.b
    if index & 3 == 0:
        computed.a = computed.a + 1
        total += dynamic.missing + getattr(plain, "c") + hasattr(slotted, "z")
print(total, plain.__dict__, slotted.a, computed.a, derived.__dict__)
