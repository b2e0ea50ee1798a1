# The variable of a comprehension that is inlined into a module or class body is there while it runs.
import sys

print([sys._getframe().f_locals["a"] for a in [0, 1]])
print([locals()["a"] for a in [2]], [vars()["a"] for a in [3]], ["a" in dir() for a in [4]], [eval("a") for a in [5]])
print("a" in [sys._getframe().f_locals for a in [0]][0])
y = 0
[exec("y = x") for x in [1, 2]]
print(y)


class Body:
    print([sys._getframe().f_locals["a"] for a in [0]], [locals()["a"] for a in [1]])


class Names(dict):
    def __missing__(self, name):
        return "missing " + name


def look():
    return int, unknown


print(look.__globals__ is globals())
function = type(look)(look.__code__, Names())
print(function())
try:
    look()
except NameError as error:
    print(error)
print(function())
