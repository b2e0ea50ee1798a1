# A game of chaos in a plane: small classes with operators.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Point(self.x - other.x, self.y - other.y)

    def __mul__(self, factor):
        return Point(self.x * factor, self.y * factor)

    def length(self):
        return (self.x * self.x + self.y * self.y) ** 0.5


class Random:
    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 1103515245 + 12345) & 0x7FFFFFFF
        return (self.state >> 8) % limit


class Curve:
    def __init__(self, points):
        self.points = points

    def at(self, t):
        points = self.points
        while len(points) > 1:
            points = [a + (b - a) * t for a, b in zip(points, points[1:])]
        return points[0]


random = Random(42)
corners = [Point(0, 0), Point(1, 0), Point(0.5, 0.8660254037844386), Point(0.5, 0.2)]
curve = Curve(corners)
grid = [[0] * 64 for _ in range(64)]
point = Point(0.3, 0.3)
travelled = 0.0
for step in range(scaled(550000)):
    target = corners[random.below(3)] if step % 4 else curve.at(random.below(1000) / 1000)
    move = (target - point) * 0.5
    travelled += move.length()
    point = point + move
    grid[int(point.y * 63.99)][int(point.x * 63.99)] += 1
print(f"{travelled:.6f}", sum(1 for row in grid for cell in row if cell), max(map(max, grid)), sum(i * j * c for i, row in enumerate(grid) for j, c in enumerate(row)))
