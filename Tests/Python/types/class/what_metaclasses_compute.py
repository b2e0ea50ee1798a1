# Attributes that a class's own class computes, read at one place of classes of many kinds.
import abc
import enum
import types
import typing


class Meta(type):
    @property
    def __dict__(cls):
        return {"from": "a property"}

    @property
    def kind(cls):
        return "kind of " + type.__dict__["__name__"].__get__(cls)


class Renaming(type):
    __name__ = "a plain value"
    __module__ = property(lambda cls: "computed")


class Asking(type):
    def __getattribute__(cls, name):
        return "asked for " + name


class Missing(type):
    def __getattr__(cls, name):
        return "missing " + name


class A:
    __slots__ = ("a",)


class B(A, metaclass=Meta):
    x = 1


class C(metaclass=Renaming):
    pass


class D(metaclass=Asking):
    pass


class E(metaclass=Missing):
    __abstractmethods__ = ("own",)


class F(abc.ABC):
    @abc.abstractmethod
    def f(self): ...


class Colour(enum.Enum):
    RED = 1


class P(typing.Protocol):
    x: int


classes = [A, B, C, D, E, F, Colour, P, int, type, Meta, list, A]


def read(name):
    found = []
    for cls in classes * 2:
        try:
            if name == "__dict__":
                value = cls.__dict__
                value = value if isinstance(value, (str, dict)) else (type(value).__name__, "__module__" in value)
            elif name == "__name__":
                value = cls.__name__
            elif name == "__qualname__":
                value = cls.__qualname__
            elif name == "__module__":
                value = cls.__module__
            elif name == "__bases__":
                value = cls.__bases__
            elif name == "__mro__":
                value = len(cls.__mro__)
            elif name == "__abstractmethods__":
                value = cls.__abstractmethods__
            elif name == "__doc__":
                value = cls.__doc__ is None
            elif name == "__annotations__":
                value = cls.__annotations__
            elif name == "__type_params__":
                value = cls.__type_params__
            elif name == "kind":
                value = cls.kind if cls is not Meta else None
        except AttributeError as error:
            value = f"{type(error).__name__}: {error}"
        found.append(value)
    return found


for name in ("__dict__", "__name__", "__qualname__", "__module__", "__bases__", "__mro__", "__abstractmethods__", "__annotations__", "__type_params__", "kind"):
    print(name, read(name))


def changing():
    seen = []
    for i in range(30):
        seen.append(C.__module__)
        if i == 10:
            Renaming.__module__ = property(lambda cls: "again")
        if i == 20:
            Renaming.__module__ = "text"
    return seen[9:12] + seen[19:22]


print(changing())


def mixed(things):
    return [thing.__dict__ if not isinstance(thing, type) else thing.__name__ for thing in things for _ in range(3)]


def names(things):
    found = []
    for thing in things:
        found.append(thing.__name__)
    return found


print(mixed([A, types.SimpleNamespace(a=1), int, Colour.RED.__class__]))
print(names([A, len, types, names, A, int, "".join, A, typing, int, B, C]))
