# Details of streams: what can be read and written is asked once, places behind decoders with state, names of encodings, reconfigure, pickling of subclasses.
import codecs, io, os, pickle, tempfile, threading


def show(label, function):
    try:
        print(label, repr(function()))
    except Exception as error:
        print(label, repr(error))


for name in "BufferedReader", "BufferedWriter", "BufferedRandom", "BufferedRWPair", "TextIOWrapper", "FileIO", "BytesIO", "StringIO", "IncrementalNewlineDecoder":
    print(name, "__new__" in getattr(io, name).__dict__)

# Names that are no C strings.
for label, function in {
    "lookup": lambda: codecs.lookup("\udcfe"),
    "encode": lambda: "x".encode("\udcfe"),
    "decode": lambda: b"x".decode("\udcfe"),
    "nul": lambda: b"x".decode("a\0"),
    "lookup nul": lambda: codecs.lookup("a\0b"),
    "handler": lambda: "é".encode("ascii", "\udcfe"),
    "handler nul": lambda: "é".encode("ascii", "a\0b"),
    "lookup_error": lambda: codecs.lookup_error("\udcfe"),
    "wrapper": lambda: io.TextIOWrapper(io.BytesIO(), "\udcfe"),
    "wrapper nul": lambda: io.TextIOWrapper(io.BytesIO(), "a\0b"),
    "wrapper errors": lambda: io.TextIOWrapper(io.BytesIO(), "utf-8", "\udcfe"),
    "wrapper errors nul": lambda: io.TextIOWrapper(io.BytesIO(), "utf-8", "a\0b"),
    "wrapper newline": lambda: io.TextIOWrapper(io.BytesIO(), newline="xyz"),
    "wrapper newline surrogate": lambda: io.TextIOWrapper(io.BytesIO(), newline="\udcfe"),
    "StringIO newline": lambda: io.StringIO(newline="xyz"),
}.items():
    show(label, function)

stream = io.TextIOWrapper(io.BytesIO(), "ascii", "replace", "\r")
for arguments in (
    {"encoding": "a\0b"}, {"encoding": "\udcfe"}, {"encoding": 42}, {"errors": "\udcfe"}, {"errors": 42}, {"newline": "\udcfe"}, {"newline": "a\0b"}, {"newline": 42},
    {"line_buffering": "x"}, {"line_buffering": 2**1000}, {"write_through": 2**1000}, {"write_through": 5}, {"line_buffering": 0}, {"newline": "\n\0"},
):
    show(f"reconfigure {arguments}", lambda: stream.reconfigure(**arguments))
print(stream.encoding, stream.errors, stream.line_buffering, stream.write_through)
for size in 0, -1, "x", 2**63, -2**1000, 77:
    show(f"chunk {size if size != -2**1000 else 'low'}", lambda: setattr(stream, "_CHUNK_SIZE", size))
show("chunk", lambda: delattr(stream, "_CHUNK_SIZE"))
print(stream._CHUNK_SIZE)

# Detached.
stream = io.TextIOWrapper(io.BytesIO(), "latin-1", "ignore")
stream.detach()
for name in "encoding", "errors", "line_buffering", "write_through", "buffer", "newlines", "closed", "name":
    show(name, lambda: getattr(stream, name))


# What the buffer can do is asked when the stream is made.
class Asked(io.BytesIO):
    def readable(self):
        print("readable?")
        return True

    def writable(self):
        print("writable?")
        return False

    def seekable(self):
        print("seekable?")
        return True

    def tell(self):
        print("tell?")
        return super().tell()


stream = io.TextIOWrapper(Asked(b"abc"), "utf-8")
show("write", lambda: stream.write("x"))
show("read", lambda: stream.read())
show("print", lambda: print("x", file=stream))

# Marks are written once, and not in the middle of a file.
for encoding in "utf-16", "utf-16-le", "utf-32", "utf-8-sig":
    buffer = io.BytesIO()
    stream = io.TextIOWrapper(buffer, encoding=encoding)
    stream.write("1234")
    stream.write("5678")
    stream.seek(0)
    print(encoding, ascii(stream.read()), end=" ")
    stream.seek(0)
    print(ascii(stream.read()), buffer.getvalue())
    stream.seek(0, 2)
    stream.write("x")
    stream.flush()
    print(buffer.getvalue())
buffer = io.BytesIO()
stream = io.TextIOWrapper(buffer, "ascii", newline="\n")
stream.write("foo\n")
stream.reconfigure(encoding="utf-8-sig")
stream.write("\xe9\n")
stream.flush()
print(buffer.getvalue())

# A place behind a `\r` at the end of the file, and in the middle of characters.
buffer = io.BytesIO(b"line1\r")
stream = io.TextIOWrapper(buffer, "utf-8")
print(repr(stream.readline()))
place = stream.tell()
stream.seek(place)
print(repr(stream.read()))
for encoding in "utf-8", "utf-16", "utf-7", "unicode_escape":
    text = "aé\r\n€𝄞b\r"
    stream = io.TextIOWrapper(io.BytesIO(text.encode(encoding)), encoding, newline="")
    stream._CHUNK_SIZE = 3
    whole = stream.read()
    for index in range(len(whole) + 1):
        stream.seek(0)
        first = stream.read(index)
        place = stream.tell()
        rest = stream.read()
        stream.seek(place)
        assert first + rest == whole == first + stream.read(), (encoding, index)
    print(encoding, ascii(whole))

# Reading goes on after a write where there are no places.
pair = io.BufferedRWPair(io.BytesIO(b"foo\nbar\n"), io.BytesIO())
stream = io.TextIOWrapper(pair)
line = stream.readline()
stream.write(line)
print(repr(line + stream.readline()))

# A pipe that has nothing.
reader, writer = os.pipe()
os.set_blocking(reader, False)
with open(reader, "rt") as stream:
    show("empty", stream.read)
os.close(writer)


# A raw stream that writes to the text stream on it.
class Nosy(io.RawIOBase):
    pieces = []
    did = False

    def writable(self):
        return True

    def write(self, data):
        if not self.did:
            self.did = True
            stream.write("middle")
        self.pieces.append(bytes(data[:8]))
        return len(data)


stream = io.TextIOWrapper(Nosy())
stream.write("abcdef")
stream.write("g" * 8192)
stream.flush()
print(Nosy.pieces)


# readinto1 goes around the buffer once.
class Pieces(io.RawIOBase):
    data = [b"abc", b"de", b"fgh", b"jkl"]

    def readable(self):
        return True

    def readinto(self, target):
        piece = self.data.pop(0) if self.data else b""
        target[:len(piece)] = piece
        return len(piece)


stream = io.BufferedReader(Pieces(), 10)
memory = bytearray(20)
print(stream.peek(3), stream.readinto1(memory), memory[:8], stream.readinto1(memoryview(memory)[:2]), stream.readinto1(memory))


class Device(io.FileIO):
    def __init__(self):
        super().__init__("/dev/null", "rb")

    def seek(self, *arguments):
        return 0

    def tell(self):
        return 0


stream = io.BufferedReader(Device())
print(stream.seek(0, 1), stream.seek(1), stream.seek(0, 1), stream.tell())


class MyBuffered(io.BufferedReader):
    def __init__(self, raw, tag):
        super().__init__(raw)
        self.tag = tag

    def __getstate__(self):
        return self.tag, self.raw.getvalue()

    def __setstate__(self, state):
        self.__init__(io.BytesIO(state[1]), state[0])


for protocol in range(6):
    copy = pickle.loads(pickle.dumps(MyBuffered(io.BytesIO(b"data"), "tag"), protocol))
    print(protocol, copy.tag, copy.read())
for protocol in 0, 2:
    show("pickle", lambda: pickle.dumps(io.BufferedReader(io.BytesIO()), protocol))


# A thread writes while another closes.
class Slow(io.RawIOBase):
    def __init__(self):
        self.entered = threading.Event()
        self.go_on = threading.Event()

    def writable(self):
        return True

    def flush(self):
        if not self.closed:
            self.entered.set()
            self.go_on.wait(0.2)


slow = Slow()
stream = io.BufferedWriter(slow, 8)
thread = threading.Thread(target=stream.close)
thread.start()
slow.entered.wait()
show("late", lambda: stream.write(b"spam"))
thread.join()
print(stream.closed)

path = os.path.join(tempfile.mkdtemp(), "text")
# What is written behind a place that was sought throws away what was read in advance from there.
with open(path, "w+", encoding="ascii") as file:
    file.write("one\ntwo\nthree\n" * 100)
    file.seek(0)
    print(next(file), file.write("four\n"), ascii(file.read(5)), ascii(file.read()))
with open(path, "r+", encoding="ascii") as file:
    file.seek(4)
    print(next(file), file.write(""), file.readline(), file.readline())
    file.seek(4)
    print(file.tell(), next(file))
    print(file.read(1), file.flush(), file.seek(0), file.tell())
os.remove(path)
os.rmdir(os.path.dirname(path))
