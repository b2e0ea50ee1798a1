# Sets to which elements are added and from which they are taken in turns: the order of iteration, and what they hold, is that of CPython.
def mix(seed, rounds, spread, kind):
    state, items, trace = seed, set(), []
    for _ in range(rounds):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        number = (state >> 8) % spread
        value = kind(number)
        if value in items:
            items.remove(value)
        else:
            items.add(value)
        if state % 97 == 0:
            trace.append(len(items))
    return items, trace


class Equal:
    def __init__(self, number):
        self.number = number

    def __hash__(self):
        return hash(self.number)

    def __eq__(self, other):
        return isinstance(other, Equal) and self.number == other.number or self.number == other

    def __repr__(self):
        return f"Equal({self.number})"


for kind in (int, lambda n: n - 20, lambda n: n * 64, lambda n: n << 55, float, lambda n: n / 4, lambda n: (n, n + 1), Equal, lambda n: Equal(n) if n % 3 else n, lambda n: n * 1.0 if n % 2 else n,
             lambda n: frozenset((n, n + 1)), lambda n: n % 2 == 0):
    for spread in (3, 8, 19, 40, 200):
        items, trace = mix(spread, 600, spread, kind)
        print(list(items), sum(trace))
columns = set(range(12))
for _ in range(50):
    for column in range(12):
        columns.remove(column)
        columns.add(column + 12)
    for column in range(12):
        columns.discard(column + 12)
        columns.add(column)
print(list(columns), [n in columns for n in range(-2, 26)], [n in columns for n in (1.0, 1.5, True, False, 2**64, "1", None)])
columns.clear()
print([n in columns for n in range(3)], columns)
for value in ([], {}, {1}, set()):
    try:
        print(value in columns)
    except TypeError as error:
        print(error)
    try:
        columns.add(value)
    except TypeError as error:
        print(error)
    try:
        columns.remove(value)
    except (TypeError, KeyError) as error:
        print(type(error).__name__, error)
