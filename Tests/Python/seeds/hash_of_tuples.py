# The hash of the empty tuple, and of tuples of numbers.
print(hash(()), hash(()) == hash(tuple()), hash((1,)), hash((1, 2, 3)), hash((1, (2, 3))), hash((-1, -2)), hash((0.5, True, 10**20)))
