# A bytearray that a memoryview looks at cannot be resized.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

b = bytearray(b"abcdef")
m = memoryview(b)
for name, arguments in [("append", (1,)), ("extend", (b"x",)), ("pop", ()), ("insert", (0, 1)), ("clear", ()), ("remove", (97,)), ("__imul__", (2,)), ("__iadd__", (b"x",)), ("resize", (2,)), ("__delitem__", (0,)), ("__setitem__", (slice(0, 2), b"x")), ("__setitem__", (slice(0, 2), b"xy")), ("__setitem__", (0, 90)), ("reverse", ())]:
    show(f"{name}{arguments}", lambda: getattr(b, name)(*arguments))
print(bytes(m), b)
m[1:3] = b"QQ"
print(b)
m.release()
b.append(33)
print(b)
show('m[0]', lambda: m[0])
show('len(m)', lambda: len(m))
with memoryview(b) as view:
    print(view.nbytes, view.readonly)
show('view.tobytes()', lambda: view.tobytes())
b += b"more"
print(b)
