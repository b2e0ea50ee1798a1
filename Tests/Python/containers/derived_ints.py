# Ints of classes derived from int as keys and members.


class Named(int):
    def __new__(cls, value, name):
        self = super().__new__(cls, value)
        self.name = name
        return self

    def __repr__(self):
        return self.name


class Odd(int):
    def __eq__(self, other):
        return NotImplemented if isinstance(other, Odd) else int(self) + 1 == other

    def __hash__(self):
        return hash(int(self) + 1)


class Unhashable(int):
    __hash__ = None


ONE, TWO, OTHER_ONE = Named(1, "ONE"), Named(2, "TWO"), Named(1, "OTHER_ONE")
NUMBERS = [0, 1, 2, -1, -2, 2**61 - 2, 2**61 - 1, 2**61, 2**62, 2**63, 2**64, 2**64 - 1, -(2**61), -(2**61) + 1, -(2**61) + 2, 10**30, -(10**30)]

for number in NUMBERS:
    named = Named(number, "N")
    print(number, hash(named), hash(named) == hash(number), named in {number}, number in {named}, {number: 1}.get(named), {named: 1}.get(number))

for _ in range(3):
    for container in ({ONE, TWO}, frozenset([ONE]), {ONE: 1}, [TWO], (OTHER_ONE,), {1, "1"}, {1.0}, {(ONE, TWO)}, set()):
        print(ONE in container, TWO in container, OTHER_ONE in container, Named(3, "THREE") in container, (1, OTHER_ONE) in container, (OTHER_ONE, 2) in container)

print(Odd(1) in {1, 3}, Odd(1) in {2}, 2 in {Odd(1)}, {2: "two"}.get(Odd(1)), Odd(1) in {Odd(1)}, Odd(5) in [6])
for container in ({1}, {1: 1}, frozenset([1])):
    try:
        print(Unhashable(1) in container)
    except TypeError as error:
        print("TypeError:", error)
print(Unhashable(1) in [1], Unhashable(1) in (2,))
print({ONE: "a", TWO: "b"}, {OTHER_ONE: "c"} | {ONE: "d"}, {TWO, Named(2, "SAME")})
print(True in {ONE}, ONE in {True: 1}, {1.0: "float"}[ONE])


# A list that a comprehension fills, of locals and temporaries.
def fill(items):
    same = [item for item in items]
    pairs = [[item, item] for item in items]
    nested = [[inner for inner in range(item % 7)] for item in range(20)]
    return same == list(items), pairs[-1:], sum(map(len, nested)), nested[6]


for count in (0, 1, 4, 5, 8, 100):
    print(count, *fill([object] * count), *fill([[]] * count), *fill(range(count)))
