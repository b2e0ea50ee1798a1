# A call of object with arguments.
class A:
    pass


A(1)
