# hex with separators and fromhex.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

b = bytes([0, 1, 0x7f, 0x80, 0xff, 0xab, 0xcd])
for arguments in [(), (":",), (":", 1), (":", 2), (":", -2), ("-", 3), ("-", -3), ("-", 0), ("-", 100), (b"_",), ("::",), ("",), ("é",), (1,), (":", "x"), (None,)]:
    show(f"hex{arguments}", lambda: (b.hex(*arguments), bytearray(b).hex(*arguments), memoryview(b).hex(*arguments)))
show('b.hex(sep=":", bytes_per_sep=2), b"".hex(), b"".hex(":")', lambda: (b.hex(sep=":", bytes_per_sep=2), b"".hex(), b"".hex(":")))
for text in ["", "00", "0aFF", " 00 ff ", "0 0", "0", "0g", "00 f", "\t00\n11", "é0", "00-11", "0x00", "00\x00", "0 é", "g\u3000"]:
    show(repr(text), lambda: (bytes.fromhex(text), bytearray.fromhex(text)))
show('bytes.fromhex(b"00ff")', lambda: bytes.fromhex(b"00ff"))
show('bytes.fromhex(5)', lambda: bytes.fromhex(5))
show('bytes.fromhex()', lambda: bytes.fromhex())
class B(bytes): pass
show('type(B.fromhex("00"))', lambda: type(B.fromhex("00")))
