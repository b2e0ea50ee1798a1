# An exception with its own __str__.
class E(Exception):
    def __str__(self):
        return "own text"


raise E(1, 2)
