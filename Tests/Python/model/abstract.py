# Abstract classes.
import abc


def show(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e)



class Ab(abc.ABC):
    @abc.abstractmethod
    def f(self): ...

    @abc.abstractmethod
    def g(self): ...


show(Ab)
print(Ab.__abstractmethods__ == frozenset({"f", "g"}))


class Con(Ab):
    def f(self):
        return 1

    g = f


print(Con().f(), issubclass(Con, Ab), isinstance(Con(), Ab))
