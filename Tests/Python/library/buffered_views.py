"""What a buffered stream gives to the raw stream's `readinto`: a view of its memory, which cannot be resized."""
import io


class Raw(io.RawIOBase):
    def __init__(self, action):
        self.action = action
        self.kept = []

    def readable(self):
        return True

    def readinto(self, buffer):
        return self.action(self, buffer)


def show(name, action, read, size=16):
    raw = Raw(action)
    stream = io.BufferedReader(raw, size)
    try:
        print(name, read(stream))
    except Exception as error:
        print(name, type(error).__name__, error, "|", repr(error.__cause__))
    return raw, stream


def look(raw, buffer):
    print(type(buffer).__name__, len(buffer), buffer.readonly, buffer.format, buffer.itemsize, buffer.ndim, buffer.shape, buffer.contiguous)
    buffer[:3] = b"abc"
    return 3


show("fill", look, lambda stream: stream.peek())
show("read", look, lambda stream: stream.read(3))
show("read1", look, lambda stream: stream.read1(7))
show("large", look, lambda stream: stream.read1(40))
show("readline", lambda raw, buffer: buffer.__setitem__(slice(0, 4), b"x\ny\n") or 4, lambda stream: (stream.readline(), stream.readline()))


def longer(raw, buffer):
    buffer[:3] = b"abcd"
    return 4


def keep(raw, buffer):
    raw.kept.append(buffer)
    buffer[:2] = b"%02d" % len(raw.kept)
    return 2


def release(raw, buffer):
    buffer[:2] = b"ok"
    buffer.release()
    return 2


show("longer", longer, lambda stream: stream.peek())
show("too many", lambda raw, buffer: len(buffer) + 1, lambda stream: stream.peek())
show("negative", lambda raw, buffer: -1, lambda stream: stream.peek())
show("no number", lambda raw, buffer: "2", lambda stream: stream.peek())
show("nothing now", lambda raw, buffer: None, lambda stream: (stream.read(2), stream.peek(), stream.read1()))
show("released", release, lambda stream: (stream.read(2), stream.read1(2), stream.read(5)))

raw, stream = show("kept", keep, lambda stream: (stream.read(2), stream.read(2), stream.read(1)))
print([len(view) for view in raw.kept], {bytes(view[:2]) for view in raw.kept}, stream.peek())
raw.kept[0][1] = ord("!")
print(stream.peek())

# A stream that is made again has other memory.
raw = Raw(keep)
stream = io.BufferedReader(raw, 8)
print(stream.read(1))
stream.__init__(raw, 32)
print(stream.read(1), [len(view) for view in raw.kept])


class Both(Raw):
    def writable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=0):
        return 0

    def write(self, data):
        print("write", type(data).__name__, bytes(data))
        return len(data)


stream = io.BufferedRandom(Both(look), 16)
print(stream.peek(1), stream.write(b"12345"))
stream.flush()
print(stream.read(2))
