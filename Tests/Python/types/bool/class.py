# bool cannot be subclassed, has two values, and inherits from int.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

show('type("B", (bool,), {})', lambda: type("B", (bool,), {}))
show('bool.__mro__, bool.__bases__, isinstance(True, int), issubclass(bool, int)', lambda: (bool.__mro__, bool.__bases__, isinstance(True, int), issubclass(bool, int)))
show('bool.__new__(bool, 1), bool.__new__(int)', lambda: (bool.__new__(bool, 1), bool.__new__(int)))
show('bool.__new__(bool, 1, 2)', lambda: bool.__new__(bool, 1, 2))
show('True.real, True.imag, True.numerator, True.bit_length(), True.to_bytes(1), True.as_integer_ratio()', lambda: (True.real, True.imag, True.numerator, True.bit_length(), True.to_bytes(1), True.as_integer_ratio()))
show('True.__and__(1), True.__and__(False), True.__and__(1.0), True.__xor__(True), True.__ror__(False)', lambda: (True.__and__(1), True.__and__(False), True.__and__(1.0), True.__xor__(True), True.__ror__(False)))
show('setattr(True, "x", 1)', lambda: setattr(True, "x", 1))
show('{True: "a", 1: "b", 1.0: "c"}', lambda: {True: "a", 1: "b", 1.0: "c"})
show('[True, False].count(1), [0, 1].index(True), sum([True, True]), max(True, 2, False), sorted([True, False, 0, 1])', lambda: ([True, False].count(1), [0, 1].index(True), sum([True, True]), max(True, 2, False), sorted([True, False, 0, 1])))
show('"abc"[True], [1, 2][False], range(True), (5,) * True', lambda: ("abc"[True], [1, 2][False], range(True), (5,) * True))
show('True is (1 == 1), False is (1 > 2), bool("False")', lambda: (True is (1 == 1), False is (1 > 2), bool("False")))
show('isinstance(1, bool), type(True) is bool, type(True + 1)', lambda: (isinstance(1, bool), type(True) is bool, type(True + 1)))
show('str(True).lower(), repr(True).encode()', lambda: (str(True).lower(), repr(True).encode()))
