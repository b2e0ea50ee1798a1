# Arguments that are no types: unions and aliases of names that are not defined yet.
from typing import Generic, Optional, TypeVar, Union, IO, List, TextIO

T = TypeVar("T")
print(Optional["Later"].__parameters__)
print(Union["Later", T].__parameters__)
print(Union["Later", T][int].__args__)
print(list["Later"].__parameters__, list[T, "Later"][int])
print(List["Later"], dict[str, List["Later"]].__parameters__)


class Box(Generic[T]):
    def __init__(self, item=None):
        self.item = item


class Names(Box[str]):
    pass


class Quiet(IO[str]):
    def write(self, text):
        return len(text)


print(type(Box(1)).__name__, Names("a").item, Quiet().write("abc"), isinstance(Quiet(), IO))
print(Box[int](5).item, Box[int](5).__orig_class__)
print(type(Generic()).__name__)
try:
    Names(1, 2)
except TypeError as error:
    print(error)
