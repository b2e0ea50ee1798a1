# Decoders whose handlers replace the bytes, struct's error, sums of products, bisection far out, the collector's module, hash constructors.
import _blake2, _md5, _sha3, bisect, codecs, gc, hashlib, math, struct, sys


def show(label, function):
    try:
        print(label, repr(function()))
    except Exception as error:
        print(label, repr(error))


def longer(error):
    error.object = b"\x00" * 8
    return "\ufffd", error.start


codecs.register_error("longer", longer)
for encoding in "utf-16", "utf-32", "utf-16-le", "utf-32-be":
    show(encoding, lambda: b"\x00".decode(encoding, "longer"))


def wrong(error):
    error.object = bytearray(b"x")
    return "", error.end


codecs.register_error("wrong", lambda error: ("?", error.end))
show("utf-8", lambda: b"a\xffb".decode("utf-8", "wrong"))

for format in "\0", "2\0i", b"\0", "i\0":
    show("format", lambda: struct.calcsize(format))
half = struct.Struct.__new__(struct.Struct)
for name in "size", "format", "__sizeof__":
    show(name, lambda: getattr(half, name) if name != "__sizeof__" else half.__sizeof__())
old = struct.error
for name in "struct", "_struct":
    sys.modules.pop(name)
show("old", lambda: None if struct.error is old else "other")
try:
    struct.pack("B", 300)
except struct.error as error:
    print("caught", error)


class Int(int):
    def __add__(self, other):
        return Int(int(self) + int(other))

    def __mul__(self, other):
        return Int(int(self) * int(other))

    __radd__ = __add__
    __rmul__ = __mul__


for p, q in [((-5, -5, -5), (Int(7), 1.5, 1.5)), ((1, 2.5, 3), (4, True, Int(2))), ((1.5, 2, 1.5), (2, 2, 2)), ((10**30, 1.5), (2, 2.0)), ((True, 1.5), (1.5, False))]:
    show("sumprod", lambda: math.sumprod(p, q))

count = sys.maxsize
places = range(count - 1)
print(bisect.bisect_left(places, count - 3) - count, bisect.bisect_right(places, count - 3) - count)

print(sorted(map(repr, gc.get_referents([1, 2.5, None, True], (1, 2), {3: "x"}))))
for number in range(3):
    gc.collect(number)

for label, function in {
    "md5 both": lambda: hashlib.md5(b"", string=b""),
    "md5 both by name": lambda: hashlib.md5(string=b"", data=b""),
    "md5 None": lambda: _md5.md5(string=None),
    "md5 string": lambda: _md5.md5(string=b"x").hexdigest(),
    "md5 none given": lambda: _md5.md5().hexdigest(),
    "md5 twice": lambda: _md5.md5(b"", data=b""),
    "blake2 both": lambda: _blake2.blake2b(b"", string=b""),
    "blake2 None": lambda: _blake2.blake2s(string=None),
    "blake2 data": lambda: _blake2.blake2s(data=b"x").hexdigest(),
    "sha3 both": lambda: _sha3.sha3_256(b"", string=b""),
    "shake": lambda: _sha3.shake_128(string=b"x").hexdigest(4),
}.items():
    show(label, function)
import inspect

print(inspect.signature(_md5.md5))


class Late:
    def __del__(self):
        import weakref
        Late.reference = weakref.ref(self.function)


def function():
    pass


late = Late()
late.function = function
function.late = late
del late, function
gc.collect()
print(Late.reference())
