# Search with constraint propagation on a hexagonal board: sets of small integers, copies and recursion.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


def board(radius):
    cells = [(q, r) for q in range(-radius, radius + 1) for r in range(-radius, radius + 1) if abs(q + r) <= radius]
    index = {cell: i for i, cell in enumerate(cells)}
    around = [[index[q + dq, r + dr] for dq, dr in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1)) if (q + dq, r + dr) in index] for q, r in cells]
    return cells, around


EMPTY = 7
cells, around = board(2)


def counted(tiles):
    return {value: tiles.count(value) for value in set(tiles)}


class State:
    def __init__(self, options, left):
        self.options = options
        self.left = left

    def copy(self):
        return State([set(o) for o in self.options], dict(self.left))

    def assign(self, cell, value):
        if value not in self.options[cell] or not self.left[value]:
            return False
        self.options[cell] = {value}
        self.left[value] -= 1
        if not self.left[value]:
            for other, options in enumerate(self.options):
                if len(options) > 1:
                    options.discard(value)
        return all(self.options)

    def consistent(self):
        for cell, options in enumerate(self.options):
            if len(options) == 1:
                value, = options
                if value == EMPTY:
                    continue
                sure = possible = 0
                for other in around[cell]:
                    neighbour = self.options[other]
                    if EMPTY not in neighbour:
                        sure += 1
                        possible += 1
                    elif len(neighbour) > 1:
                        possible += 1
                if not sure <= value <= possible:
                    return False
        return True


visited = 0


def solve(state, assigned, budget):
    global visited
    visited += 1
    if visited > budget or not state.consistent():
        return None
    open_cells = [cell for cell in range(len(cells)) if cell not in assigned]
    if not open_cells:
        return [next(iter(o)) for o in state.options]
    cell = min(open_cells, key=lambda c: (len(state.options[c]), -len(around[c]), c))
    for value in sorted(state.options[cell]):
        attempt = state.copy()
        if attempt.assign(cell, value):
            found = solve(attempt, assigned | {cell}, budget)
            if found:
                return found
    return None


def puzzle(seed):
    state = seed
    filled = []
    for _ in cells:
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        filled.append(state >> 16 & 3 != 0)
    return [sum(filled[o] for o in around[c]) if filled[c] else EMPTY for c in range(len(cells))]


for seed in range(scaled(45)):
    tiles = puzzle(seed * 7919 + 3)
    left = counted(tiles)
    answer = solve(State([set(left) for _ in cells], left), frozenset(), visited + 6000)
    print(seed, visited, answer == tiles, "".join(map(str, answer or "-")))
