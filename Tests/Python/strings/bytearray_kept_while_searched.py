# A bytearray whose bytes are being looked at keeps its length: code that runs meanwhile (a buffer's, an index's, a length's) cannot change it.


class Changing:
    def __init__(self, array):
        self.array = array

    def __buffer__(self, flags):
        self.array.clear()
        return memoryview(b"x")

    def __index__(self):
        self.array.clear()
        return ord("A")

    def __len__(self):
        self.array.clear()
        return 1


def attempt(name, *arguments):
    array = bytearray(b"Ax" * 6)
    changing = Changing(array)

    class Separator(bytes):
        def __len__(self):
            array.clear()
            return 1

    places = {"changing": changing, "separator": Separator(b":")}
    try:
        result = getattr(array, name)(*[places.get(argument, argument) for argument in arguments])
    except (BufferError, TypeError, ValueError) as error:
        result = f"{type(error).__name__}: {error}"
    print(name, arguments, result, array)


for name in "find rfind index rindex count startswith endswith split rsplit __contains__ strip partition replace removeprefix __add__ __eq__ hex join".split():
    attempt(name, "changing")
attempt("find", "changing", b"no index")
attempt("count", "changing", b"no index")
attempt("find", b"x", "changing")
attempt("hex", "separator")
attempt("replace", b"A", "changing")
attempt("center", "changing")
attempt("extend", "changing")
attempt("__iadd__", "changing")


class Once:
    """A buffer whose making changes the array."""

    def __init__(self, change):
        self.change = change

    def __buffer__(self, flags):
        self.change()
        return memoryview(b"ABCDEFGH")


def changes():
    array = bytearray(b"x" * 10)
    yield array, array.clear
    array = bytearray(b"x" * 10)
    yield array, lambda: array.__delitem__(slice(3, None))
    array = bytearray(b"x" * 10)
    yield array, lambda: array.extend(b"y" * 10)


for array, change in changes():
    array.extend(Once(change))
    print("extend", array)
for array, change in changes():
    array += Once(change)
    print("+=", array)
for array, change in changes():
    array[2:4] = Once(change)
    print("slice", array)
for array, change in changes():
    array.__init__(Once(change))
    print("init", array)


# What is no number after all may be bytes, and says so.
class NoNumber:
    def __index__(self):
        raise ZeroDivisionError


class BytesWithoutNumber(bytes):
    def __index__(self):
        raise ZeroDivisionError


for part in NoNumber(), BytesWithoutNumber(b"b"), 2**100, -1, 256, "a", None, 97:
    for whole in b"abc", bytearray(b"abc"):
        try:
            print(part in whole)
        except (TypeError, ValueError) as error:
            print(type(error).__name__, error)


# join: the list that is joined may be changed by a buffer's maker; another length is an error, other items count.
def joined(separator, change):
    class Item:
        def __buffer__(self, flags):
            change(items)
            return memoryview(b"x")

    items = [b"a", Item(), b"c"]
    try:
        print(separator.join(items))
    except (RuntimeError, TypeError) as error:
        print(type(error).__name__, error)


for separator in b"", b"::", bytearray(b"--"):
    joined(separator, lambda items: items.clear())
    joined(separator, lambda items: items.append(b"d"))
    joined(separator, lambda items: items.pop())
    joined(separator, lambda items: items.__setitem__(1, b"z"))
    joined(separator, lambda items: items.__setitem__(2, b"later"))
    joined(separator, lambda items: items.__setitem__(2, 5))
