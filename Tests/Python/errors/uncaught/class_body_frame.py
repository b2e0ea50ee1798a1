# An error in a class body.
class A:
    x = 1
    y = x + "a"
