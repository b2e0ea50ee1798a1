"""UTF-8 of Latin-1 is decoded sixteen bytes at once: every place of an odd character in texts about as long as a block, and what goes wrong there. Results in the making share one
block of memory; text files of wide units are written without a codec object."""

import binascii, codecs, hashlib, io, struct


def shown(call):
    try:
        return call()
    except UnicodeError as error:
        return type(error).__name__, error.start, error.end, error.reason


def check(what, condition):
    if not condition:
        print("wrong:", what)


# One odd character at every place: of two, three and four bytes, and bytes that are none.
odd = ["é".encode(), "ÿ".encode(), "\x80".encode(), "ā".encode(), "漢".encode(), "🎉".encode(), b"\xc3", b"\xc1\x81", b"\x80", b"\xe9", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc3\xc3\xa9", b"\xc2\x41"]
digest = hashlib.sha256()
for length in [*range(0, 36), 47, 48, 49, 63, 64, 65, 66, 80, 97]:
    for place in range(length + 1):
        for each in odd:
            data = bytearray(bytes(range(65, 91)) * 4)[:length]
            data[place:place] = each
            data = bytes(data)
            for errors in "strict", "replace", "ignore", "surrogateescape", "backslashreplace":
                digest.update(ascii(shown(lambda: data.decode("utf-8", errors))).encode())
            # Without the end, what is left of a character waits.
            digest.update(ascii(shown(lambda: codecs.utf_8_decode(data, "strict"))).encode())
print(digest.hexdigest())

# Two odd characters, in the same block or in two.
for length in 40, 55:
    for first in range(length):
        for second in range(first, length):
            text = "x" * first + "é" + "y" * (second - first) + "ö" + "z" * (length - second)
            check((length, first, second), text.encode().decode() == text)
            check((length, first, second, "wide"), (text + "ā").encode().decode() == text + "ā")
for count in range(0, 70):
    check(count, ("é" * count).encode().decode() == "é" * count and ("aé" * count).encode().decode() == "aé" * count)
print(ascii(("naïve café " * 9).encode().decode()))
print(ascii(("naïve café " * 9).encode("latin-1").decode("utf-8", "replace")))
print(ascii(b"\xe9\xe9a\xf6\xf6\xc3a\xe2\x82a\xe2\x82\xf0\x9f\x8ea".decode("utf-8", "replace")))

# Results of a size for which the block in the making is shared, one within the other, and larger ones.
class Sized(Exception):
    pass


def handler(error):
    inner = ("漢字 text " * 3000).encode("utf-8") + ("漢字" * 5000).encode("unicode_escape")
    return f"<{len(inner)}>", error.end


codecs.register_error("encodes", handler)
for size in 1000, 5000, 5461, 5462, 16000, 65536, 70000, 100000, 400000:
    text = "é漢🎉"[size % 3] * size + "a"
    check(size, text.encode("utf-8").decode("utf-8") == text)
    check(size, text.encode("unicode_escape").decode("unicode_escape") == text)
    check(size, text.encode("utf-7").decode("utf-7") == text)
    print(size, len((text + "\ud800" + text).encode("utf-8", "encodes")), len(("a" * size + "漢" + "b" * size).encode("ascii", "encodes")))


def failing(error):
    raise Sized(len(("漢" * 9000).encode()))


codecs.register_error("fails", failing)
for _ in range(3):
    try:
        ("漢" * 9000 + "\ud800").encode("utf-8", "fails")
    except Sized as error:
        print(error)

# Names of encodings: the common ones, others, and such as are none.
for name in "utf-8", "utf8", "ascii", "latin-1", "UTF-8", "Latin_1", "latin1", "ASCII", "utf_8", "utf-9", "utf\0-8", "latin\0-1", "ascii\0", "latin-2", "utf-16", "", "u8":
    for call in lambda: "plain".encode(name), lambda: "café".encode(name), lambda: b"plain".decode(name), lambda: b"caf\xe9".decode(name):
        try:
            print(name.encode(), call())
        except (LookupError, ValueError) as error:
            print(name.encode(), type(error).__name__, error)

# Hexadecimal digits in groups.
data = bytes(range(0, 256, 5))
for length in [*range(0, 20), 32, 33, 50]:
    for group in [*range(-9, 10), 16, -16, 17, 31, 32, 33, 100, -100, 2**31 - 1, -(2**31)]:
        for text in data[:length].hex("-", group), bytearray(data[:length]).hex(b"-", group), binascii.hexlify(data[:length], "-", group).decode():
            plain = data[:length].hex()
            size = abs(group) * 2
            if not size or not plain:
                parts = [plain]
            elif group < 0:
                parts = [plain[n:n + size] for n in range(0, len(plain), size)]
            else:
                first = len(plain) % size or size
                parts = [plain[:first]] + [plain[n:n + size] for n in range(first, len(plain), size)]
            check((length, group, text), text == "-".join(parts))
print(data.hex(":"), data.hex("|", 7), data.hex(" ", -7), data.hex())

# Quoted-printable text with escapes at every distance.
for length in range(0, 20):
    for tail in b"", b"=", b"=C3=A9", b"=C3=A9=\n", b"==", b"=\r\nx", b"=\rab\ncd", b"=4", b"=zz", b"_=_", b"=C3=A9=C3=A9rest of the line":
        for header in False, True:
            text = bytes(range(97, 97 + length)) + tail + b"abc_defgh"[:length]
            digest.update(binascii.a2b_qp(text, header=header))
print(digest.hexdigest())

# Structures of one byte, of none, of items that are no integers, and runs of integers in each order.
for format, values in ("0s", [b"ab"]), ("s", [b"ab"]), ("?", [[]]), ("x", []), ("", []), ("3x", []), ("2p", [b"abc"]), ("10s?x5p", [b"bytes", 1, b"abc"]), ("<3b2H>", []), ("3bxh2i2I2Bq", [-1, 2, 3, -4, 5, -6, 7, 8, 9, 10, 11]):
    try:
        data = struct.pack(format, *values)
        print(format, data, struct.unpack(format, data), list(struct.iter_unpack(format, data * 3)) if data else None)
    except struct.error as error:
        print(format, error)
for order in "<>=@!":
    for kind in "bBhHiIlLqQ":
        size = struct.calcsize(order + kind)
        data = bytes(range(120, 120 + 5 * size)) + bytes([255] * size) + bytes(size)
        print(order, kind, struct.unpack(f"{order}7{kind}", data), struct.unpack(f"{order}{kind}x", data[:size] + b"x"))

# Half precision: each number, what lies in the middle of two, and what is next to that.
numbers = [struct.unpack("<e", struct.pack("<H", bits))[0] for bits in range(0x7C00)] + [65536.0]
for low, high in zip(numbers, numbers[1:]):
    middle = (low + high) / 2
    for number in low, middle, middle * (1 - 2**-52), middle * (1 + 2**-52), -middle:
        try:
            digest.update(struct.pack(">e", number))
        except OverflowError as error:
            print(number, error)
print(digest.hexdigest(), struct.pack("<6e", 5e-324, -5e-324, 2**-25, 2**-25 * 1.5, -0.0, float("inf")))

# UTF-16 in both orders: a surrogate, a pair or a half of one at every place.
for length in 0, 1, 7, 8, 15, 16, 17, 31, 32, 33, 40:
    for place in range(length + 1):
        for each in "🎉", "\ud800", "\udfff", "\uffff", "\ud7ff\ue000", "漢":
            text = "αβγδεζηθ"[:length % 8 + 1] * length
            text = text[:place] + each + text[place:]
            for encoding in "utf-16-le", "utf-16-be":
                for cut in 0, 1, 2:
                    data = text.encode(encoding, "surrogatepass")
                    data = data[:len(data) - cut]
                    for errors in "strict", "replace", "surrogatepass":
                        digest.update(ascii(shown(lambda: data.decode(encoding, errors))).encode())
print(digest.hexdigest())

# Text files of wide units: a mark at the start of a file, none where there are no places.
class Raw(io.RawIOBase):
    def __init__(self, seekable, place):
        self.pieces, self.isSeekable, self.place = [], seekable, place

    def writable(self):
        return True

    def seekable(self):
        return self.isSeekable

    def tell(self):
        return self.place

    def seek(self, place, whence=0):
        self.place = place
        return place

    def write(self, data):
        self.pieces.append(bytes(data))
        return len(data)


for encoding in "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-8-sig", "UTF16", "u16", "utf_32_be":
    for seekable, place in (True, 0), (True, 10), (False, 0):
        raw = Raw(seekable, place)
        f = io.TextIOWrapper(raw, encoding, write_through=True)
        if place == 10:
            try:
                f.write("\ud800")
            except UnicodeError as error:
                print(error)
        for text in "", "é\n", "🎉":
            f.write(text)
        if seekable:
            for target in (0,), (4,), (0, 2), (0,):
                f.seek(*target)
                f.write("b")
        for text in "\ud800", "a\ud800b":
            try:
                f.write(text)
            except UnicodeError as error:
                print(error)
        f.reconfigure(encoding="utf-16", newline="\r\n")
        f.write("x\ny")
        f.reconfigure(errors="backslashreplace")
        f.write("\ud800")
        print(encoding, seekable, place, raw.pieces)
    raw = Raw(True, 0)
    f = io.TextIOWrapper(raw, encoding, write_through=True)
    for text in "\ud800", "é":
        try:
            f.write(text)
        except UnicodeError as error:
            print(error)
    print(raw.pieces)
