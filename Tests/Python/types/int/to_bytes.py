# to_bytes and from_bytes over lengths, byte orders and signs.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for value in [0, 1, 127, 128, 255, 256, 65535, 2**31, 2**64 - 1, -1, -128, -129, -2**31, -2**63, 2**100]:
    for length in [0, 1, 2, 4, 8, 13]:
        for order in ["big", "little"]:
            for signed in [False, True]:
                show(f"({value}).to_bytes({length}, {order!r}, signed={signed})", lambda: value.to_bytes(length, order, signed=signed))
for data in [b"", b"\x00", b"\x01", b"\xff", b"\x80", b"\x00\xff", b"\xff\x00", b"\x01\x02\x03\x04\x05\x06\x07\x08\x09", b"\xff" * 16]:
    print(data, [int.from_bytes(data, order, signed=signed) for order in ("big", "little") for signed in (False, True)])
show('(5).to_bytes()', lambda: (5).to_bytes())
show('(300).to_bytes()', lambda: (300).to_bytes())
show('(5).to_bytes(-1, "big")', lambda: (5).to_bytes(-1, "big"))
show('(5).to_bytes(2, "middle")', lambda: (5).to_bytes(2, "middle"))
show('(5).to_bytes(2, 3)', lambda: (5).to_bytes(2, 3))
show('int.from_bytes([1, 2, 3], "big")', lambda: int.from_bytes([1, 2, 3], "big"))
show('int.from_bytes([256], "big")', lambda: int.from_bytes([256], "big"))
show('int.from_bytes("abc", "big")', lambda: int.from_bytes("abc", "big"))
show('int.from_bytes(b"ab", byteorder="little")', lambda: int.from_bytes(b"ab", byteorder="little"))
show('int.from_bytes(b"ab")', lambda: int.from_bytes(b"ab"))
show('int.from_bytes(range(4))', lambda: int.from_bytes(range(4)))
show('int.from_bytes(5)', lambda: int.from_bytes(5))
show('bool.from_bytes(b"\\x00"), bool.from_bytes(b"\\x02")', lambda: (bool.from_bytes(b"\x00"), bool.from_bytes(b"\x02")))
class Sub(int): pass
show('type(Sub.from_bytes(b"\\x07"))', lambda: type(Sub.from_bytes(b"\x07")))
