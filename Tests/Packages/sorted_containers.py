# Sorted lists, dicts and sets against the sorted() of a plain list.
import random

from sortedcontainers import SortedDict, SortedKeyList, SortedList, SortedSet

random.seed(7)
numbers, plain = SortedList(), []
for _ in range(5000):
    value = random.randrange(1000)
    numbers.add(value)
    plain.append(value)
plain.sort()
print(list(numbers) == plain, numbers.bisect_left(500), numbers.count(plain[17]), numbers[10:20], numbers[-1])
for value in random.sample(plain, 2000):
    numbers.remove(value)
    plain.remove(value)
numbers._check()
print(list(numbers) == plain, list(numbers.irange(100, 104)), list(numbers.islice(0, 3)))
table = SortedDict({"b": 2, "a": 1, "c": 3})
print(table, table.peekitem(0), list(table.irange("b")), table.popitem())
print(SortedSet("mississippi") | {"z"}, SortedKeyList([3, -5, 1], key=abs))
try:
    SortedList([1]).remove(2)
except ValueError as error:
    print(error)
