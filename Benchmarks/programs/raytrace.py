# Rays against spheres and a floor: vector objects and polymorphic calls.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


class Vector:
    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    def unit(self):
        return self * (1.0 / self.dot(self) ** 0.5)


class Sphere:
    def __init__(self, centre, radius, colour, mirror):
        self.centre, self.radius, self.base, self.mirror = centre, radius, colour, mirror

    def hit(self, origin, direction):
        to = self.centre - origin
        along = to.dot(direction)
        inside = self.radius ** 2 - to.dot(to) + along * along
        if inside <= 0:
            return None
        distance = along - inside ** 0.5
        return distance if distance > 1e-6 else None

    def normal(self, place):
        return (place - self.centre).unit()

    def colour(self, place):
        return self.base


class Floor:
    mirror = 0.2

    def hit(self, origin, direction):
        if direction.y >= -1e-9:
            return None
        distance = -origin.y / direction.y
        return distance if distance > 1e-6 else None

    def normal(self, place):
        return Vector(0.0, 1.0, 0.0)

    def colour(self, place):
        return 0.9 if (int(place.x + 1000) + int(place.z + 1000)) % 2 else 0.2


class Scene:
    def __init__(self, things, light):
        self.things, self.light = things, light

    def nearest(self, origin, direction):
        best, found = 1e9, None
        for thing in self.things:
            distance = thing.hit(origin, direction)
            if distance is not None and distance < best:
                best, found = distance, thing
        return best, found

    def trace(self, origin, direction, depth):
        distance, thing = self.nearest(origin, direction)
        if thing is None:
            return 0.3 + 0.5 * max(0.0, direction.y)
        place = origin + direction * distance
        normal = thing.normal(place)
        to_light = (self.light - place).unit()
        lit = max(0.0, normal.dot(to_light))
        if lit and self.nearest(place, to_light)[1] is not None:
            lit = 0.0
        result = thing.colour(place) * (0.2 + 0.8 * lit)
        if depth and thing.mirror:
            bounced = direction - normal * (2 * normal.dot(direction))
            result = result * (1 - thing.mirror) + thing.mirror * self.trace(place, bounced, depth - 1)
        return result


scene = Scene([Floor()] + [Sphere(Vector(x * 1.5, 1.0 + 0.3 * x, 6.0 + x), 0.9, 0.4 + 0.1 * x, 0.5) for x in (-2, -1, 0, 1, 2)], Vector(-5.0, 10.0, -3.0))
eye = Vector(0.0, 1.5, -2.0)
width, height = 64, 48
for _ in range(scaled(30)):
    checksum = 0
    for row in range(height):
        for column in range(width):
            direction = Vector((column - width / 2) / width, (height / 2 - row) / width, 0.8).unit()
            checksum = (checksum * 31 + int(scene.trace(eye, direction, 3) * 255)) % 1000000007
    print(checksum)
