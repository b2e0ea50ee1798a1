# Calls of methods: bound, inherited, static, class methods, super and keyword arguments.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


class Base:
    count = 0

    def __init__(self, value):
        self.value = value

    def get(self):
        return self.value

    def add(self, amount, scale=1):
        self.value += amount * scale
        return self

    def visit(self, visitor):
        return visitor(self)

    @classmethod
    def bump(cls):
        cls.count += 1

    @staticmethod
    def mix(a, b):
        return a ^ b


class Middle(Base):
    def add(self, amount, scale=1):
        return super().add(amount, scale=scale)

    @property
    def double(self):
        return self.value * 2


class Leaf(Middle):
    def get(self):
        return self.value & 0xFFFF

    def __call__(self, x):
        return x + 1


objects = [Base(1), Middle(2), Leaf(3), Leaf(4)]
total = 0
for index in range(scaled(1100000)):
    item = objects[index & 3]
    total += item.get()
    item.add(index & 7)
    item.add(1, scale=2)
    total += item.mix(index, 5)
    if index & 3 == 3:
        total = item(total) + item.double
        item.bump()
    get = item.get
    total += get() & 1
print(total, [o.value for o in objects], Base.count, Leaf.count)
