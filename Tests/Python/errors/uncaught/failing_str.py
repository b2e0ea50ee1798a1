# An exception whose __str__ fails.
class E(Exception):
    def __str__(self):
        raise ValueError("no text")


raise E
