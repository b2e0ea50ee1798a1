# A large list or bytearray that grows moves to other addresses without a copy: there need not be room for both.
import resource


def size_of_process():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def within(room, action):
    """What an action returns that may take only so much more memory; the name of the exception it raises."""
    former = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (size_of_process() + room, former[1]))
    try:
        return action()
    except MemoryError:
        return "MemoryError"
    finally:
        resource.setrlimit(resource.RLIMIT_AS, former)


MIB = 1 << 20
items = [None] * (20 * MIB)
print(within(80 * MIB, lambda: items.append(1)), len(items), items[-1])
print(within(80 * MIB, lambda: items.extend(range(3))), len(items), items[-3:])
print(within(80 * MIB, lambda: items.extend([4] * MIB)), len(items), items[-1])
print(within(80 * MIB, lambda: items.insert(0, "first")), len(items), items[0], items[-1])
print(within(80 * MIB, lambda: items.__setitem__(slice(1, 1), "abc")), len(items), items[:5])
print(within(80 * MIB, lambda: items.extend(items)), len(items), items[0], items[-1])
print(within(80 * MIB, lambda: items.__imul__(2)), len(items), items[0], items[-1])
print(set(items[5:1000]), items.count(4))
del items[3:]
print(items)
items *= 4 * MIB
print(len(items), within(120 * MIB, lambda: items.__imul__(2) is items), len(items), items[-3:])
while len(items) > 100:
    del items[len(items) // 3:]
print(len(items) < 100, items[:3])

data = bytearray(100 * MIB)
data[-1] = 7
print(within(40 * MIB, lambda: data.append(1)), len(data), data[-3:])
print(within(40 * MIB, lambda: data.extend(b"abc")), len(data), data[-6:])
print(within(40 * MIB, lambda: data.extend(data)), len(data), data[-6:])
del data[:-2]
print(data)

# What small objects leave behind is there for a large one.
del items, data
room = 220 * MIB
size = size_of_process()
small = [(number,) for number in range(3 * MIB)]
print(len(small), size_of_process() > size + 100 * MIB)
del small
print(within(size + room - size_of_process(), lambda: len([None] * (12 * MIB))))
