# Float arithmetic on attributes and lists: planets under gravity.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


class Body:
    def __init__(self, position, velocity, mass):
        self.x, self.y, self.z = position
        self.vx, self.vy, self.vz = velocity
        self.mass = mass


def advance(pairs, bodies, step):
    for a, b in pairs:
        dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
        square = dx * dx + dy * dy + dz * dz
        pull = step / (square * square ** 0.5)
        to_b, to_a = b.mass * pull, a.mass * pull
        a.vx -= dx * to_b
        a.vy -= dy * to_b
        a.vz -= dz * to_b
        b.vx += dx * to_a
        b.vy += dy * to_a
        b.vz += dz * to_a
    for body in bodies:
        body.x += step * body.vx
        body.y += step * body.vy
        body.z += step * body.vz


def energy(pairs, bodies):
    total = sum(0.5 * b.mass * (b.vx ** 2 + b.vy ** 2 + b.vz ** 2) for b in bodies)
    for a, b in pairs:
        total -= a.mass * b.mass / ((a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2) ** 0.5
    return total


bodies = [Body((0, 0, 0), (0, 0, 0), 40.0), Body((5, 1, -0.1), (0.5, 2.7, -0.02), 0.04), Body((8, 4, -0.4), (-1, 1.8, 0.01), 0.011),
          Body((-15, -13, 0.2), (0.9, -1.1, 0.1), 0.0017), Body((14, -25, 0.1), (1.0, 0.6, -0.04), 0.002)]
pairs = [(a, b) for i, a in enumerate(bodies) for b in bodies[i + 1:]]
print(f"{energy(pairs, bodies):.9f}")
for _ in range(scaled(320000)):
    advance(pairs, bodies, 0.001)
print(f"{energy(pairs, bodies):.9f}")
