# A loop's iterator over a list ends with the loop unless something else holds it.
import gc
import sys


def run(items):
    seen = []
    for item in items:
        seen.append(item)
    return seen


print(run([1, 2, 3]), run([]), run([None]))
items = [1, 2]
print({sys.getrefcount(items) for _ in range(10) if run(items)}, sys.getrefcount(items))

# Held elsewhere: exhausted for good.
iterator = iter(items)
print(run(iterator), run(iterator), next(iterator, "none"))
items.append(3)
print(next(iterator, "none"))
held = [iter([1, 2, 3])]
for item in held[0]:
    print(item, end=" ")
print(list(held[0]), len(held))


def break_and_go_on(iterator):
    for item in iterator:
        if item == 2:
            break
    rest = [item for item in iterator]
    return rest, list(iterator)


print(break_and_go_on(iter([1, 2, 3, 4])))

# The list changes while it is run over.
growing = [1]
for item in growing:
    if item < 5:
        growing.append(item + 1)
print(growing)
shrinking = [1, 2, 3, 4]
for item in shrinking:
    shrinking.pop()
print(shrinking)


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("end of", self.name)


def temporary():
    for loud in [Loud("first"), Loud("second")]:
        print("in", loud.name)
    print("after the loop")


temporary()


def returns_inside():
    for item in [Loud("a"), Loud("b")]:
        return item.name


print(returns_inside())


def raises_inside():
    for item in [Loud("c")]:
        raise ValueError(item.name)


try:
    raises_inside()
except ValueError as error:
    print(error)


def nested():
    result = []
    for row in [[1, 2], [], [3]]:
        for item in row:
            result.append(item)
        else:
            result.append("|")
    else:
        result.append("end")
    return result


print(nested(), nested())
print([[item * 2 for item in row] for row in [[1, 2], [3]]], list(item for item in [1, 2] if item), {item for item in [5, 5]})


def generator():
    for item in [1, 2, 3]:
        yield item
    for item in [4]:
        yield item


suspended = generator()
print(next(suspended), next(suspended))
gc.collect()
print(list(suspended))

# Many, with collections in between.
total = 0
for _ in range(3000):
    cycle = [[]]
    cycle[0].append(cycle)
    for part in [cycle, [1]]:
        total += len(part)
print(total)
