# An exception class of another module.
class E(Exception):
    __module__ = "somewhere.else"


raise E("x")
