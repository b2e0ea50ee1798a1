# ctypes: calls of C functions, callbacks from C, threads that run meanwhile, cycles that the collector ends.
import gc
import threading
import time
import weakref
from ctypes import *

libc = CDLL(None, use_errno=True)

compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))
numbers = (c_int * 10)(*[5, 1, 9, 3, 7, 2, 8, 0, 6, 4])
libc.qsort(numbers, len(numbers), sizeof(c_int), compare(lambda a, b: a[0] - b[0]))
print(numbers[:])

libc.strtol.argtypes = [c_char_p, POINTER(c_char_p), c_int]
libc.strtol.restype = c_long
end = c_char_p()
print(libc.strtol(b"1234rest", byref(end), 10), end.value)

libc.div.restype = type("div_t", (Structure,), {"_fields_": [("quot", c_int), ("rem", c_int)]})
answer = libc.div(17, 5)
print(answer.quot, answer.rem)
libc.ldiv.restype = type("ldiv_t", (Structure,), {"_fields_": [("quot", c_long), ("rem", c_long)]})
answer = libc.ldiv(c_long(-17), c_long(5))
print(answer.quot, answer.rem)

buffer = create_string_buffer(64)
print(libc.snprintf(buffer, c_size_t(64), b"%d %s %.2f %c", 7, b"text", c_double(1.5), c_char(b"x")), buffer.value)
wide = create_unicode_buffer("wide \U0001F600 text")
libc.wcslen.restype = c_size_t
print(libc.wcslen(wide), wide.value, wstring_at(wide, 4), string_at(b"abc\0def", 7))

print(libc.close(-1), get_errno(), set_errno(3), get_errno())

strchr = CFUNCTYPE(c_char_p, c_char_p, c_char)(("strchr", libc), ((1, "s"), (1, "c", b"b")))
print(strchr(b"abc"), strchr(s=b"xyb", c=b"y"), strchr(b"abc", c=b"z"))
libc.abs.errcheck = lambda result, function, arguments: (result, arguments)
print(libc.abs(-3))
frexp = CFUNCTYPE(c_double, c_double, POINTER(c_int))(("frexp", CDLL("libm.so.6")), ((1, "x"), (2, "exponent")))
print(frexp(8.0))

# The lock is given up while C works, and a callback takes it.
ticks = []
stop = False


def tick():
    while not stop:
        ticks.append(1)
        time.sleep(0.001)


thread = threading.Thread(target=tick)
thread.start()
before = len(ticks)
libc.usleep(100000)
print(len(ticks) - before > 3)
stop = True
thread.join()

# A thread that Python did not start.
pthread = CDLL(None)
seen = []
START = CFUNCTYPE(c_void_p, c_void_p)


@START
def start(argument):
    seen.append((argument, threading.current_thread() is threading.main_thread()))
    return None


handle = c_ulong()
print(pthread.pthread_create(byref(handle), None, start, c_void_p(42)))
print(pthread.pthread_join(handle, None))
print(seen)


class Owner:
    def __init__(self):
        self.code = CFUNCTYPE(None)(self.method)
        self.kept = py_object(self)

    def method(self):
        pass


owner = Owner()
owner.code()
watch = weakref.ref(owner)
del owner
gc.collect()
print(watch() is None)


class Inner(Union):
    _fields_ = [("number", c_int), ("letters", c_char * 4)]


class Outer(BigEndianStructure):
    _fields_ = [("short", c_uint16), ("double", c_double), ("bits", c_uint32, 5), ("more", c_uint32, 11)]


outer = Outer(0x1234, 2.5, 17, 1000)
print(bytes(outer), outer.bits, outer.more)
print(bytes(Inner(letters=b"abcd")), Inner(number=65).letters)
print(memoryview((c_short * 3 * 2)()).shape, bytes(memoryview((c_short * 2)(1, 2))))
pointer_to = pointer(c_int(3))
pointer_to[0] = 8
print(pointer_to.contents, cast(pointer_to, POINTER(c_ubyte))[0], bool(POINTER(c_int)()))
view = memoryview_at(addressof(numbers), 8)
print(view.obj, view.readonly, bytes(view))
data = bytearray(b"\1\0\0\0\2\0\0\0")
shared = (c_int * 2).from_buffer(data)
shared[1] = 7
print(bytes(data), shared[:])
try:
    data.append(1)
except BufferError as error:
    print(error)
