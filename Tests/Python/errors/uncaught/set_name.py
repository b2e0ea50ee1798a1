# An error in __set_name__ has a note.
class D:
    def __set_name__(self, owner, name):
        raise ValueError("refused")


class A:
    attribute = D()
