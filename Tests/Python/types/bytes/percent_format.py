# % formatting of bytes.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

for spec in [b"%s", b"%b", b"%a", b"%r", b"%d", b"%5d|", b"%-5d|", b"%05d|", b"%x", b"%#X", b"%o", b"%c", b"%f", b"%.2e", b"%g", b"%%", b"%5s|", b"%.2s|", b"%i", b"%u", b"%+d", b"%y"]:
    for value in [5, -5, 2.5, b"bytes", bytearray(b"ba"), "text", None, 300, b"x", True]:
        show(f"{spec} % {value!a}", lambda: spec % (value,))
show('b"%(a)s %(b)d" % {b"a": b"x", b"b": 2}', lambda: b"%(a)s %(b)d" % {b"a": b"x", b"b": 2})
show('b"%(a)s" % {"a": b"x"}', lambda: b"%(a)s" % {"a": b"x"})
show('b"%s %s" % (b"a",)', lambda: b"%s %s" % (b"a",))
show('b"%s" % (b"a", b"b")', lambda: b"%s" % (b"a", b"b"))
show('b"%s" % b"a"', lambda: b"%s" % b"a")
show('bytearray(b"%d") % 5', lambda: bytearray(b"%d") % 5)
show('b"%*d" % (5, 1)', lambda: b"%*d" % (5, 1))
show('b"%c" % 256', lambda: b"%c" % 256)
show('b"%c" % b"ab"', lambda: b"%c" % b"ab")
class B:
    def __bytes__(self): return b"BB"
show('b"%s %b" % (B(), B())', lambda: b"%s %b" % (B(), B()))
show('b"%s" % memoryview(b"m")', lambda: b"%s" % memoryview(b"m"))
show('b"%"  % ()', lambda: b"%"  % ())
show('b"abc" % 5', lambda: b"abc" % 5)
