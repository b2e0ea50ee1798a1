# What __bytes__ gives is taken as it is; %c says of which type its argument is, by the qualified name; the classes tell no signature.
import inspect


class Part(bytes):
    pass


class Other(bytes):
    pass


class Convertible:
    def __init__(self, value):
        self.value = value

    def __bytes__(self):
        return self.value


class BytesOfItsOwn(bytes):
    def __bytes__(self):
        return Other(b"own")


class Outer:
    class Inner:
        pass


for value in bytes(Convertible(Part(b"abc"))), Part(Convertible(Other(b"abc"))), bytes(Part(b"abc")), bytes(BytesOfItsOwn(b"a")), Part(BytesOfItsOwn(b"a")):
    print(type(value).__name__, value)
for value in "text", None, 5, bytearray(b"a"):
    try:
        print(bytes(Convertible(value)))
    except TypeError as error:
        print(error)

for argument in Outer.Inner(), inspect.Parameter("a", inspect.Parameter.KEYWORD_ONLY), 1.5, "x", b"ab", bytearray(b"ab"), 256, -1:
    try:
        print(b"%c" % argument)
    except (TypeError, OverflowError) as error:
        print(type(error).__name__, error)

for type in bytes, bytearray:
    print(type.__text_signature__, type.__doc__.startswith(type.__name__ + "("))
    try:
        inspect.signature(type)
    except ValueError as error:
        print(error)
