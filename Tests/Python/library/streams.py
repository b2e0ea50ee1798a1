# Streams of bytes and text: modes, buffers, places, line ends, errors.
import io
import os

name = f"/tmp/krait-streams-{os.getpid()}"


def attempt(function, *arguments, **keywords):
    try:
        print(function(*arguments, **keywords))
    except Exception as error:
        text = str(error).replace(name, "NAME")
        print(type(error).__name__, text)


try:
    with open(name, "w", encoding="utf-8", newline="") as f:
        print(f.write("one\ntwo\r\nthree\rfour é\U0001F600\n"), f.mode, f.encoding, f.closed)
    print(f.closed)
    attempt(f.write, "x")
    for newline in None, "", "\n", "\r", "\r\n":
        with open(name, encoding="utf-8", newline=newline) as f:
            print(repr(newline), f.readlines(), f.newlines)
    with open(name, "rb") as f:
        print(type(f).__name__, f.read(4), f.peek(3)[:3], f.tell(), f.readline(), f.seek(-3, 2), f.read())
        print(f.readable(), f.writable(), f.seekable())
        attempt(f.write, b"x")
    with open(name, "r+b") as f:
        print(type(f).__name__, f.read(3), f.write(b"!!"), f.tell(), f.read(2), f.seek(0), f.readline())
    with open(name, "ab") as f:
        print(type(f).__name__, f.write(b"end"), f.tell() > 3)
    with open(name, encoding="utf-8") as f:
        print(repr(f.read(2)), repr(f.readline()), repr(f.read(5)))
        place = f.tell()
        rest = f.read()
        f.seek(place)
        print(rest == f.read(), ascii(rest))
        attempt(f.seek, 1, 1)
        attempt(f.seek, -1)
    with open(name, "rb", buffering=0) as f:
        data = bytearray(5)
        print(type(f).__name__, f.readinto(data), data, len(f.readall()))
    attempt(open, name, "x")
    attempt(open, name, "rw")
    attempt(open, name, "q")
    attempt(open, name, "rb", encoding="utf-8")
    attempt(open, name, buffering=0)
    attempt(open, name + "-missing")
    attempt(open, "/tmp")
    attempt(open, name + "\0")
    with open(name, "w", encoding="ascii") as f:
        attempt(f.write, "é")
        attempt(f.write, b"x")
        attempt(f.read)
    with open(name, "wb") as f:
        f.write(b"\xff\xfeab")
    with open(name, encoding="utf-8") as f:
        attempt(f.read)
    for errors in "replace", "ignore", "surrogateescape", "backslashreplace":
        with open(name, encoding="utf-8", errors=errors) as f:
            print(errors, ascii(f.read()))
finally:
    os.unlink(name)

b = io.BytesIO(b"line one\nline two\n")
print(b.readline(), b.tell(), b.read(), b.read(), b.seek(5), b.getvalue(), list(b))
b.seek(20)
b.write(b"z")
print(b.getvalue(), b.truncate(4), b.getvalue(), b.getbuffer()[1])
with b.getbuffer() as view:
    attempt(b.write, b"more than there is room for")
    view[0] = 0x4C
print(b.getvalue())
b.close()
attempt(b.read)

s = io.StringIO("a\r\nb\nc", newline=None)
print(s.readlines(), s.newlines, s.getvalue())
s = io.StringIO(newline="\r\n")
print(s.write("x\ny"), repr(s.getvalue()), s.seek(0), s.readlines())
s = io.StringIO()
s.seek(3)
s.write("é")
print(ascii(s.getvalue()), s.tell(), s.read())
attempt(s.seek, -1)
attempt(s.write, 1)

d = io.IncrementalNewlineDecoder(None, True)
print(repr(d.decode("a\r")), repr(d.decode("\nb\r")), repr(d.decode("", final=True)), d.newlines, d.getstate())

t = io.TextIOWrapper(io.BytesIO(), encoding="latin-1", newline="\r\n", line_buffering=True)
t.write("é\n")
print(t.buffer.getvalue(), t.errors, t.line_buffering, t.write_through)
t.reconfigure(encoding="utf-8", newline="\n")
t.write("é\n")
print(t.buffer.getvalue())
raw = t.detach()
attempt(t.write, "x")


class Raw(io.RawIOBase):
    def __init__(self):
        self.data = [b"abc", b"de\nf", b""]

    def readable(self):
        return True

    def readinto(self, buffer):
        piece = self.data.pop(0)
        buffer[:len(piece)] = piece
        return len(piece)


r = io.BufferedReader(Raw(), 4)
print(r.read(2), r.readline(), r.read())
attempt(io.BufferedWriter, Raw())
attempt(io.BufferedReader, Raw(), 0)
print(issubclass(io.UnsupportedOperation, (OSError, ValueError)), io.UnsupportedOperation.__mro__)
print(io.open is open, io.DEFAULT_BUFFER_SIZE)

# A text stream whose buffer lost its raw stream.
import io

raw = io.BytesIO(b"hello")
text = io.TextIOWrapper(io.BufferedReader(raw), encoding="utf-8")
text.buffer.detach()
for action in (lambda: text.closed, lambda: text.read(), lambda: repr(text).startswith("<_io.TextIOWrapper"), lambda: text.close()):
    try:
        print(action())
    except ValueError as error:
        print(error)
del text
