# An error in a metaclass.
class M(type):
    def __new__(m, n, b, ns):
        raise ValueError(n)


class A(metaclass=M):
    pass
