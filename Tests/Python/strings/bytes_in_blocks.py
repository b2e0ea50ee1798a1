# Bytes are decoded, deleted and stored in runs: what is in one place only shows wherever it stands.
import binascii


def tried(function, *arguments):
    try:
        return function(*arguments)
    except (ValueError, TypeError, IndexError) as error:
        return type(error).__name__, str(error)


DIGITS = "0123456789abcdefABCDEF"
for count in range(0, 70):
    text = (DIGITS * 4)[count % 7:][:count]
    print(count, tried(binascii.unhexlify, text), tried(bytes.fromhex, text), tried(bytearray.fromhex, text))
for wrong in "g", "G", "/", ":", "@", "`", "\0", " ", "\x7f", "\n":
    for place in range(0, 52, 3):
        text = (DIGITS * 3)[:place] + wrong + (DIGITS * 3)[place + 1:52]
        print(repr(wrong), place, tried(binascii.unhexlify, text), tried(bytes.fromhex, text))
for byte in range(256):
    text = b"00" * 9 + bytes([byte]) + b"0" + b"00" * 9
    print(byte, tried(binascii.unhexlify, text), tried(bytes.fromhex, text))
print(bytes.fromhex("00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff"), bytes.fromhex("0011223344556677 8899aabbccddeeff"), bytes.fromhex("00112233445566778899aabbccddeeff 01 0203"))

for count in range(0, 30):
    for place in range(count):
        kept = b"x" * place + b"." + b"y" * (count - place - 1)
        assert kept.translate(None, b"xy") == b".", kept
        assert kept.translate(bytes(255 - byte for byte in range(256)), b"xy") == b"\xd1", kept
        assert kept.translate(None, b"x") == b"." + b"y" * (count - place - 1), kept
    assert (b"xy" * count).translate(None, b"xy") == b"" and type(bytearray(b"x" * count).translate(None, b"x")) is bytearray
print(b"ab.cd.".join([b"-" * 9] * 3).translate(None, b"-"), (b"-" * 17).translate(None, b"-"))


class Number:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


class Array(bytearray):
    pass


for kind in bytearray, Array:
    array = kind(b"abcdef")
    for index in 0, 5, -1, -6, 6, -7, True, Number(2), Number(-8), 1 << 70, -(1 << 70), 1.0, None, "1":
        for value in 0, 255, 256, -1, True, Number(7), Number(300), 1 << 70, 1.5, None, b"z":
            answer = tried(array.__setitem__, index, value)
            print(kind.__name__, index if not isinstance(index, Number) else index.value, answer, bytes(array))


class Shrinking:
    def __index__(self):
        del array[:]
        return 1


array = bytearray(b"abc")
print(tried(array.__setitem__, 2, Shrinking()), array, tried(array.__delitem__, 0))
