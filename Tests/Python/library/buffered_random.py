"""What buffered streams ask of their raw streams, and where both are, while reads, writes, seeks and cuts come in any order.

Two kinds of raw streams: files, and ones in memory that do things by halves, or say that they would block.
"""
import hashlib
import io
import os
import random
import tempfile


class Raw(io.RawIOBase):
    """Bytes in memory; what is asked of it is in `log`."""

    def __init__(self, data, block, short):
        self.data, self.place, self.log = bytearray(data), 0, []
        self.chance, self.block, self.short = random.Random(len(data)), block, short

    def readable(self):
        return True

    writable = seekable = readable

    def part(self, size):
        if self.chance.random() < self.block:
            return None
        return self.chance.randint(1, size) if size and self.chance.random() < self.short else size

    def readinto(self, target):
        size = self.part(len(target))
        if size is not None:
            found = self.data[self.place : self.place + size]
            target[: len(found)] = found
            size = len(found)
            self.place += size
        self.log.append(("readinto", len(target), size))
        return size

    def write(self, data):
        size = self.part(len(data))
        self.log.append(("write", bytes(data), size))
        if size is not None:
            if self.place > len(self.data):
                self.data += bytes(self.place - len(self.data))
            self.data[self.place : self.place + size] = bytes(data)[:size]
            self.place += size
        return size

    def seek(self, offset, whence=0):
        self.log.append(("seek", offset, whence))
        place = (0, self.place, len(self.data))[whence] + offset
        if place < 0:
            raise OSError(22, "before the beginning")
        self.place = place
        return place

    def tell(self):
        self.log.append(("tell",))
        return self.place

    def truncate(self, size=None):
        self.log.append(("truncate", size))
        size = self.place if size is None else size
        self.data = self.data[:size] + bytes(max(0, size - len(self.data)))
        return size


def text(chance, size):
    return bytes(chance.choice(b"abcdefgh\n") for _ in range(size))


ANY = ["tell", "from start", "from here", "from here", "from end", "flush"]
READING = ["read", "read", "read1", "peek", "readline", "part of a line", "readinto", "readinto1", "everything", "next"]
WRITING = ["write"] * 4 + ["cut", "cut to"]


def step(chance, stream, what, most):
    size = chance.choice([0, 1, 2, 3, 5, 8, 13, 16, 17, 20, 32, 40, 70])
    place = chance.randint(0, most)
    match what:
        case "tell" | "flush" | "readline":
            return getattr(stream, what)()
        case "from start":
            return stream.seek(place)
        case "from here":
            return stream.seek(chance.randint(-20, 20), 1)
        case "from end":
            return stream.seek(-chance.randint(0, 30), 2)
        case "read" | "read1" | "peek":
            return getattr(stream, what)(size)
        case "part of a line":
            return stream.readline(size)
        case "readinto" | "readinto1":
            target = bytearray(size)
            return getattr(stream, what)(target), bytes(target)
        case "everything":
            return stream.read() if place < most / 2 else None
        case "next":
            return next(stream, None)
        case "write":
            return stream.write(text(chance, size))
        case "cut":
            return stream.truncate()
        case "cut to":
            return stream.truncate(place)


def play(seed, path):
    chance = random.Random(seed)
    kind = chance.choice([io.BufferedRandom] * 4 + [io.BufferedReader, io.BufferedWriter])
    size = chance.choice([1, 2, 3, 5, 8, 16, 16, 32, 64, 128])
    content = text(chance, chance.choice([0, 5, 30, 100, 200]))
    inFile = chance.random() < 0.5
    if inFile:
        with open(path, "wb") as file:
            file.write(content)
        raw = io.FileIO(path, "r" if kind is io.BufferedReader else "r+")
    else:
        raw = Raw(content, chance.choice([0, 0, 0, 0.1]), chance.choice([0, 0, 0.3]))
    stream = kind(raw, size)
    names = ANY + READING * (kind is not io.BufferedWriter) + WRITING * (kind is not io.BufferedReader)
    yield kind.__name__, size, len(content)
    for _ in range(chance.choice([5, 20, 60])):
        what = chance.choice(names)
        try:
            result = step(chance, stream, what, len(content) + 20)
        except BlockingIOError as error:
            result = str(error), error.characters_written
        except (OSError, ValueError) as error:
            result = type(error).__name__, str(error)
        if inFile:
            yield what, result, os.lseek(raw.fileno(), 0, 1)
        else:
            yield what, result, raw.log[:]
            raw.log.clear()
    try:
        stream.close()
    except OSError as error:
        yield str(error)
    raw.close()
    if inFile:
        with open(path, "rb") as file:
            yield file.read()
    else:
        yield raw.log, bytes(raw.data)


with tempfile.TemporaryDirectory() as folder:
    for seed in range(300):
        played = list(play(seed, os.path.join(folder, "file")))
        if seed < 12:
            for line in played:
                print(line)
        print(seed, len(played), hashlib.sha256(repr(played).encode()).hexdigest()[:16])
