# Released views refuse everything; nested views and exports.
def show(source, function):
    try:
        print(source, "->", repr(function()))
    except BaseException as error:
        print(source, "!!", type(error).__name__ + ":", error)

b = bytearray(b"abcd")
m = memoryview(b)
inner = m[1:3]
m.release()
m.release()
for name in ["tobytes", "tolist", "hex", "toreadonly", "__len__", "__enter__"]:
    show(name, lambda: getattr(m, name)())
for name in ["format", "itemsize", "ndim", "shape", "strides", "nbytes", "readonly", "obj", "contiguous"]:
    show(name, lambda: getattr(m, name))
show('m[0]', lambda: m[0])
show('m == m', lambda: m == m)
show('m == b"abcd"', lambda: m == b"abcd")
show('bytes(m)', lambda: bytes(m))
show('hash(m)', lambda: hash(m))
show('repr(m)[:24]', lambda: repr(m)[:24])
print(inner.tobytes())
show('b.append(1)', lambda: b.append(1))
inner.release()
show('b.append(1), b', lambda: (b.append(1), b))
with memoryview(b) as v:
    w = v[:]
print(w.tobytes())
show('v.tobytes()', lambda: v.tobytes())
show('memoryview(v)', lambda: memoryview(v))
