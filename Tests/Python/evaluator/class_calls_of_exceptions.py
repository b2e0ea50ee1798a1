"""Exceptions made by classes with their own __init__, __new__ and neither, and super().__init__() at the same place for many."""


class Base:
    def __init__(self):
        super().__init__()


class Error(Exception):
    def __init__(self, code, more=None):
        super().__init__(f"error {code}")
        self.code = code


class Strange(Exception):
    def __new__(cls, *args):
        self = super().__new__(cls, "made", *args)
        return self

    def __init__(self, *args):
        self.seen = args


class Full(OSError):
    def __init__(self, *args):
        super().__init__(*args)


class Fails(Exception):
    def __init__(self, code):
        raise KeyError(code)


for n in range(100):
    for cls, args in ((Error, (n,)), (Strange, (n,)), (Full, (2, "no")), (Base, ())):
        made = cls(*args)
        if isinstance(made, Exception):
            assert made.args, made
    error = Error(n)
    assert error.args == (f"error {n}",) and error.code == n
    try:
        raise Fails(n)
    except KeyError as e:
        assert e.args == (n,)
    try:
        Error()
    except TypeError as e:
        text = str(e)
    if n == 50:
        Error.__new__ = lambda cls, *a: Exception.__new__(cls, "changed", *a)
    if n == 70:
        del Error.__new__
print(text, error.args, error.__dict__)


def make(cls):
    return cls(1)


for cls in (Error, int, Error, Strange, str, list, Error):
    try:
        print(repr(make(cls)))
    except TypeError as e:
        print(e)
for initialise in (object.__init__, Exception.__init__, list.__init__):
    for receiver in (object(), Exception("a"), [1]):
        try:
            print(initialise(receiver), receiver if type(receiver) is not object else "")
        except TypeError as e:
            print(e)
print([super(type(x), x).__init__() for x in (Error(1), Base(), Strange(2))])
