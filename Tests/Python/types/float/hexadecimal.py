# float.hex and float.fromhex.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for value in [0.0, -0.0, 1.0, -1.5, 0.1, 1e300, 1e-300, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, float("inf"), float("-inf"), float("nan"), 3.0, 1/3]:
    print(value.hex(), float.fromhex(value.hex()))
for text in ["0x1p0", "0x1.8p1", "-0x1.8p-3", "1.8p1", "0x.8", "0x8.", "0x", "0x.", "1", "ff", "0xFFp+4", "0x1p1024", "0x1p1023", "0x1.fffffffffffff8p1023", "0x1.fffffffffffff7p1023", "0x1p-1074", "0x1p-1075", "0x1.8p-1075", "0x1p-2000",
             "inf", "-Infinity", "nan", "-nan", " 0x1 ", "0x1p", "0x1p+", "0x1g", "", "0x1p1_0", "0x1.00000000000008p0", "0x1.000000000000081p0", "0x1.00000000000018p0", "0x" + "1" * 50, "0x0p99999999999", "0x1p9999999999999999999999", "1p-5", "+0x1"]:
    show(text, lambda: float.fromhex(text))
show('float.fromhex(b"0x1")', lambda: float.fromhex(b"0x1"))
show('float.fromhex(1.0)', lambda: float.fromhex(1.0))
show('float.fromhex()', lambda: float.fromhex())
class Sub(float): pass
show('type(Sub.fromhex("0x1p1")), Sub(1.5).hex()', lambda: (type(Sub.fromhex("0x1p1")), Sub(1.5).hex()))
