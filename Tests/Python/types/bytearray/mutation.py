# Every mutating method of bytearray.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

b = bytearray(b"abc")
b.append(100); print(b)
b.extend(b"ef"); print(b)
b.extend([103, 104]); b.extend(range(105, 107)); print(b)
b.insert(0, 65); b.insert(100, 66); b.insert(-1, 67); print(b)
print(b.pop(), b.pop(0), b.pop(-2), b)
b.remove(100); print(b)
b.reverse(); print(b)
c = b.copy(); c.clear(); print(b, c, c is b)
b += b"xyz"; print(b)
b *= 2; print(b)
b *= 0; print(b)
for name, arguments in [("append", (256,)), ("append", (-1,)), ("append", ("a",)), ("append", (None,)), ("append", (1.5,)), ("extend", ("abc",)), ("extend", (5,)), ("extend", ([256],)), ("extend", (["a"],)), ("insert", (0,)), ("insert", (0, 256)), ("insert", ("a", 1)), ("pop", ()), ("pop", (5,)), ("pop", ("a",)), ("remove", (99,)), ("remove", (256,)), ("remove", ("a",)), ("reverse", (1,)), ("copy", (1,)), ("resize", (3,)), ("resize", (-1,)), ("clear", (1,)), ("nope", ())]:
    show(f"{name}{arguments}", lambda: getattr(b, name)(*arguments))
    print(b)
d = bytearray(b"xyz")
show('d.pop(3)', lambda: d.pop(3))
show('d.pop(-4)', lambda: d.pop(-4))
show('d.pop(True), d', lambda: (d.pop(True), d))
show('d.resize(5), d', lambda: (d.resize(5), d))
show('hash(d)', lambda: hash(d))
show('{d: 1}', lambda: {d: 1})
show('d.extend(d), d', lambda: (d.extend(d), d))
show('d.__alloc__() > 0, d.__iadd__(b"q"), d.__imul__(2)', lambda: (d.__alloc__() > 0, d.__iadd__(b"q"), d.__imul__(2)))
show('d.__iadd__("q")', lambda: d.__iadd__("q"))
show('d.__imul__("q")', lambda: d.__imul__("q"))
try:
    d += 5
except TypeError as error:
    print(error)
