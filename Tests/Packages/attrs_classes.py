# Classes by attrs: generated methods, validators, converters, slots, evolution, errors.
import attr
from attrs import asdict, define, evolve, field, fields, frozen, validators


@define
class Point:
    x: int = field(validator=validators.instance_of(int))
    y: int = field(default=0, converter=int)


@frozen(order=True)
class Version:
    major: int
    minor: int = 0


@attr.s(auto_attribs=True)
class Basket:
    items: list = attr.Factory(list)
    name: str = "basket"

    @property
    def size(self):
        return len(self.items)


point = Point(1, "2")
print(point, evolve(point, x=5), point == Point(1, 2), asdict(point))
print([f.name for f in fields(Point)], Point.__slots__)
print(Version(1, 2) < Version(1, 3), sorted([Version(2), Version(1, 9)]), hash(Version(1)) == hash(Version(1)))
basket = Basket()
basket.items.append(point)
print(basket, basket.size, Basket() == Basket())
for action in (lambda: Point("a"), lambda: setattr(Version(1), "major", 2), lambda: setattr(point, "z", 1), lambda: Point()):
    try:
        action()
    except Exception as error:
        print(type(error).__mro__[0].__name__, str(error)[:70])
