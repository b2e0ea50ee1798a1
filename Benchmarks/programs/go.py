# Random play on a small board with groups and captures: flood fill, lists and sets.
import sys


def scaled(count):
    """A count of rounds, scaled by the program's optional argument."""
    return max(1, round(count * float(sys.argv[1]))) if len(sys.argv) > 1 else count


SIZE = 9
EMPTY, BLACK, WHITE = 0, 1, 2
NEIGHBOURS = [[y * SIZE + x for x, y in ((i % SIZE + 1, i // SIZE), (i % SIZE - 1, i // SIZE), (i % SIZE, i // SIZE + 1), (i % SIZE, i // SIZE - 1))
               if 0 <= x < SIZE and 0 <= y < SIZE] for i in range(SIZE * SIZE)]


class Board:
    def __init__(self, seed):
        self.stones = [EMPTY] * (SIZE * SIZE)
        self.seed = seed
        self.ko = -1
        self.captured = [0, 0, 0]

    def random(self, limit):
        self.seed = (self.seed * 1103515245 + 12345) & 0x7FFFFFFF
        return (self.seed >> 12) % limit

    def group(self, start):
        colour = self.stones[start]
        members, liberties, pending = {start}, set(), [start]
        while pending:
            for other in NEIGHBOURS[pending.pop()]:
                stone = self.stones[other]
                if stone == EMPTY:
                    liberties.add(other)
                elif stone == colour and other not in members:
                    members.add(other)
                    pending.append(other)
        return members, liberties

    def eye(self, place, colour):
        return all(self.stones[other] == colour for other in NEIGHBOURS[place])

    def play(self, place, colour):
        if self.stones[place] != EMPTY or place == self.ko or self.eye(place, colour):
            return False
        self.stones[place] = colour
        taken = []
        for other in NEIGHBOURS[place]:
            if self.stones[other] == 3 - colour:
                members, liberties = self.group(other)
                if not liberties:
                    taken.extend(members)
                    for member in members:
                        self.stones[member] = EMPTY
        if not taken and not self.group(place)[1]:
            self.stones[place] = EMPTY
            return False
        self.ko = taken[0] if len(taken) == 1 else -1
        self.captured[colour] += len(taken)
        return True

    def game(self):
        colour, passes, moves = BLACK, 0, 0
        while passes < 2 and moves < 250:
            free = [i for i, stone in enumerate(self.stones) if stone == EMPTY]
            played = False
            while free and not played:
                index = self.random(len(free))
                played = self.play(free[index], colour)
                free[index] = free[-1]
                free.pop()
            passes = 0 if played else passes + 1
            moves += played
            colour = 3 - colour
        return moves

    def score(self):
        black = white = 0
        for i, stone in enumerate(self.stones):
            if stone == BLACK or stone == EMPTY and self.eye(i, BLACK):
                black += 1
            elif stone == WHITE or stone == EMPTY and self.eye(i, WHITE):
                white += 1
        return black - white


total = moves = captures = 0
for seed in range(scaled(150)):
    board = Board(seed * 31 + 7)
    moves += board.game()
    total += board.score()
    captures += sum(board.captured)
print(moves, total, captures)
