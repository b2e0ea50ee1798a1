"""Runs programs on the Krait under test."""
import os
import signal
import struct
import subprocess
import tempfile
import time
import unittest
import zlib

KRAIT = PEER = PACKAGES = None
MODELS = ["interpreter", "none", "process"]


class Case(unittest.TestCase):
    """A test with a folder of its own. What a program wrote is shown whole where it is not what was wanted."""

    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def krait(self, *arguments, model="interpreter", timeout=120, environment=None, **options):
        command = [KRAIT, "-X", f"gil={model}", *arguments]
        return subprocess.run(
            command, cwd=self.folder, stdin=options.pop("stdin", subprocess.DEVNULL) if "input" not in options else None, capture_output=True, text=True, timeout=timeout,
            env={**os.environ, "NO_COLOR": "1", **(environment or {})}, **options)

    def interrupted(self, *arguments, model="interpreter", mark="started"):
        """Starts a program, waits until it has written the file `mark`, and interrupts it as Ctrl-C does. Its status, how long it took to end, and what it wrote."""
        process = subprocess.Popen(
            [KRAIT, "-X", f"gil={model}", *arguments], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True)
        try:
            deadline = time.monotonic() + 60
            while not os.path.exists(os.path.join(self.folder, mark)):
                self.assertIsNone(process.poll(), "ended before it was interrupted")
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.05)
            time.sleep(0.3)
            start = time.monotonic()
            os.killpg(process.pid, signal.SIGINT)
            output = process.communicate(timeout=60)
            seconds = time.monotonic() - start
            self.assertRaises(ProcessLookupError, os.killpg, process.pid, 0)
            return process.returncode, seconds, *output
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def read_png(path):
    """Width, height and the pixels of a picture of 8 bits a channel, as triples."""
    with open(path, "rb") as file:
        data = file.read()
    position, parts = 8, []
    while position < len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        body = data[position + 8:position + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack_from(">IIBB", body)
            channels = {2: 3, 6: 4}[colours]
            assert depth == 8
        elif kind == b"IDAT":
            parts.append(body)
        position += 12 + length
    rows, stride, pixels = zlib.decompress(b"".join(parts)), width * channels, []
    above = bytearray(stride)
    for row in range(height):
        start = row * (stride + 1)
        filter, line = rows[start], bytearray(rows[start + 1:start + 1 + stride])
        for index in range(stride):
            left = line[index - channels] if index >= channels else 0
            corner = above[index - channels] if index >= channels else 0
            up = above[index]
            guess = left + up - corner
            paeth = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2] if filter == 4 else 0
            line[index] = line[index] + (0, left, up, (left + up) // 2, paeth)[filter] & 0xFF
        pixels += zip(line[0::channels], line[1::channels], line[2::channels])
        above = line
    return width, height, pixels
