#!/usr/bin/env python3
"""How threads that compute scale, and what a thread that computes leaves to one that reads and writes, under each threading model, beside other Pythons.

    Benchmarks/threads.py KRAIT [--peer PYTHON ...] [--repeat N] [--only NAME ...]

Scaling: each figure is 2 * (time of one worker) / (time of two workers that do the same each): 2 where they do not hinder one another, 1 where one waits for the other. The last
column says how long one worker takes.

Input and output: how often a second one thread sleeps for 50 µs, gets a byte back from another process, writes 4 KiB to a file, or does so and waits for the disk, beside one that
computes; and how much the latter does of what it does alone, in percent. As that depends on how often the other comes in its way, it is measured again with five times the first peer's operations.

All figures are medians of some rounds. KRAIT runs under `-X gil=none`, `interpreter` and `process`; the program asserts in itself which model is active. Peers run as they are.
"""
import argparse
import functools
import json
import os
import re
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
import weakref
import zlib


def integers(count):
    total = 0
    for number in range(count):
        total += number * number % 7
    return total


def fibonacci(number):
    return number if number < 2 else fibonacci(number - 1) + fibonacci(number - 2)


TABLE = {f"key{number}": number for number in range(200)}
WORDS = tuple(f"key{number * 7 % 200}" for number in range(200))


def shared_reading(count):
    """One dict and one tuple of strings that all threads read."""
    table, words, total = TABLE, WORDS, 0
    for _ in range(count):
        for word in words:
            total += table[word]
    return total


SHARED_LIST = [str(number) for number in range(200)]


def shared_list(count):
    items, total = SHARED_LIST, 0
    for _ in range(count):
        for item in items:
            if item is items[3]:
                total += 1
    return total


LISTS = {}


def separate_lists(count):
    """A list for each thread, held in one dict."""
    name = threading.get_ident()
    LISTS[name] = []
    for number in range(count):
        LISTS[name].append(number)
        if len(LISTS[name]) > 1000:
            LISTS[name].clear()


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def add(self, other):
        return Point(self.x + other.x, self.y + other.y)


def objects(count):
    """Instances of one class, each thread its own."""
    step, point = Point(1, 2), Point(0, 0)
    for _ in range(count):
        point = point.add(step)
    return point.x


class Pixel:
    __slots__ = ("x", "y", "color")

    def __init__(self, x, y, color=0):
        self.x = x
        self.y = y
        self.color = color


ORIGIN = Pixel(0, 0)


def slots(count):
    """Instances with `__slots__`: each thread its own, and one that all read."""
    origin, pixel = ORIGIN, Pixel(1, 1, 1)
    for number in range(count):
        pixel = Pixel(origin.x + pixel.x, pixel.y)
        pixel.color = origin.color
    return pixel.x


def own_dict(count):
    table = {}
    for number in range(count):
        key = number & 255
        table[key] = table.get(key, 0) + 1
    return len(table)


def texts(count):
    parts = []
    for number in range(count):
        parts.append(f"{number}:{number & 15}")
        if len(parts) == 100:
            parts = ["".join(parts)[:10]]
    return parts


def floats(count):
    x = 0.5
    for _ in range(count):
        x = 3.7 * x * (1.0 - x)
    return x


class Counter:
    def __init__(self):
        self.total = 0
        self.seen = []

    def step(self, number):
        self.total += number
        if number & 7 == 0:
            self.seen.append(number)
            if len(self.seen) > 100:
                self.seen = []


def methods(count):
    """Methods that change the attributes of an object of the thread's own."""
    counter = Counter()
    for number in range(count):
        counter.step(number)
    return counter.total


def some(count):
    for number in range(count):
        yield number


def generators(count):
    total = 0
    for _ in range(count):
        for number in some(20):
            total += number
    return total


def comprehensions(count):
    total = 0
    for start in range(count):
        squares = [number * number for number in range(start, start + 20)]
        table = {number: number + 1 for number in squares}
        total += sum(squares) + len(table) + max(squares)
    return total


def own_set(count):
    seen = set()
    for number in range(count):
        if number & 1023 not in seen:
            seen.add(number & 1023)
        elif number & 4095 == 0:
            seen = set()
    return len(seen)


def exceptions(count):
    caught = 0
    for number in range(count):
        try:
            if number & 3 == 0:
                raise ValueError
        except ValueError:
            caught += 1
    return caught


NAMES = [f"row{number}" for number in range(100)]
KNOWN = frozenset(range(50))
ROWS = {f"row{number}": (f"first{number}", f"second{number}", number) for number in range(100)}


def shared_tables(count):
    """One dict of tuples that all threads read."""
    rows, found = ROWS, 0
    for _ in range(count):
        for name in rows:
            first, second, number = rows[name]
            if first is not second and number in (1, 2, 3):
                found += 1
    return found


def shared_loops(count):
    """Loops over one dict and one list that all threads read, by several means, and questions what is in them."""
    rows, names, known, found = ROWS, NAMES, KNOWN, 0
    for _ in range(count):
        for name, (first, second, number) in rows.items():
            if number in known and name in rows and "missing" not in rows:
                found += len(names[number : number + 2])
        for number, (name, row) in enumerate(zip(names, rows.values())):
            if row[2] == number and isinstance(name, str):
                found += 1
    return found


MEMBERS = set(range(0, 200, 2))
MEMBERS.update(f"row{number}" for number in range(0, 100, 3))


def shared_sets(count):
    """One set that all threads read: questions what is in it, and loops."""
    members, names, found = MEMBERS, NAMES, 0
    for _ in range(count):
        for number, name in enumerate(names):
            if number in members:
                found += 1
            if name not in members or f"row{number}" in members:
                found += 1
        for member in members:
            if member is None:
                found += len(members)
    return found


class Holder:
    """Containers behind attributes of one instance."""

    def __init__(self):
        self.table = {number: [number, number + 1] for number in range(10)}
        self.rows = [[column * row for column in range(10)] for row in range(10)]


HOLDER = Holder()


def shared_inside(count):
    """Lists in lists and dicts, in attributes of one instance: all threads take the same inner containers out of the outer ones all the time."""
    holder, found = HOLDER, 0
    for index in range(count):
        place = index % 10
        found += holder.rows[place][3] + holder.rows[3][place] + holder.table[place][1]
    return found


def gathered(*values, **options):
    return chosen(*values, **options)


def chosen(first, second, third=3, step=1):
    return third if first < second else step


def gathered_calls(count):
    """Functions that pass on what they were given, as decorators do."""
    total = 0
    for number in range(count):
        total += gathered(number, 5, step=2) + chosen(number, 7, step=number)
    return total


def long_numbers(count):
    """Numbers that do not fit a word."""
    state, total = 1, 0
    for _ in range(count):
        state = state * 6364136223846793005 + 1442695040888963407 & 0xFFFFFFFFFFFFFFFF
        total += state >> 60
    return total


def closures(count):
    """Functions, generators and lists that are made for one use."""
    total = 0
    for number in range(count):
        add = lambda more, step=number: more + step
        first, *others = [number, 1, 2, 3]
        total += add(first) + sum(other for other in others)
    return total


RECORD = struct.Struct("<IdH")
LINE = re.compile(r"(\w+)=(\d+)")


def library(count):
    """What the native modules do with texts and bytes of the thread's own."""
    total = 0
    for number in range(count):
        found = LINE.match(f"size={number}")
        text = json.dumps({"size": int(found[2]), "tags": ["a", "b"]})
        data = RECORD.pack(number, 0.5, 7) + text.encode()
        total += zlib.crc32(data) & 1 | len(json.loads(text)["tags"])
    return total


def own_locks(count):
    """A lock of each thread's own, as objects that any thread may use have one."""
    lock, again, total = threading.Lock(), threading.RLock(), 0
    for number in range(count):
        with lock:
            total += number
        with again:
            total += 1
    return total


class Shape:
    sides = 0

    def __init__(self, size):
        super().__init__()
        self.size = size

    def area(self):
        return self.size


class Square(Shape):
    sides = 4


class Disc(Shape):
    def draw(self):
        return self.size


def named_attributes(count):
    """Attributes by names that are no part of the code, of objects of several classes, and what class these are of."""
    shapes, total = [Shape(1), Square(2), Disc(3)], 0
    for number in range(count):
        for shape in shapes:
            total += getattr(shape, "size") + getattr(shape, "colour", 0) + hasattr(shape, "draw") + isinstance(shape, (Disc, Square)) + getattr(shape, "area")()
        shapes[number % 3] = type(shape)(number & 7)
        setattr(shape, "size", 5)
    return total


def weak_references(count):
    """Objects by weak references."""
    kept, total = [Shape(number) for number in range(50)], 0
    known, references = weakref.WeakValueDictionary(enumerate(kept)), [weakref.ref(shape) for shape in kept]
    for _ in range(count):
        for reference in references:
            total += reference().size
        total += known[7].size + known.get(8).size
    return total


@functools.lru_cache(maxsize=64)
def bounded(number):
    return number * 2


@functools.cache
def unbounded(number, step):
    return number + step


def cached_calls(count):
    """Functions of which all threads know the results."""
    total = 0
    for number in range(count):
        total += bounded(number & 31) + unbounded(number & 15, 1)
    return total


WORKLOADS = {
    "integers": (integers, 60_000_000), "floats": (floats, 24_000_000), "fibonacci": (fibonacci, 33), "shared_reading": (shared_reading, 120_000), "shared_list": (shared_list, 180_000),
    "separate_lists": (separate_lists, 12_000_000), "objects": (objects, 7_500_000), "own_dict": (own_dict, 12_000_000), "texts": (texts, 4_500_000), "methods": (methods, 9_000_000),
    "generators": (generators, 750_000), "comprehensions": (comprehensions, 360_000), "own_set": (own_set, 12_000_000), "exceptions": (exceptions, 1_800_000),
    "shared_tables": (shared_tables, 90_000), "shared_loops": (shared_loops, 30_000), "shared_sets": (shared_sets, 36_000), "shared_inside": (shared_inside, 4_000_000), "slots": (slots, 6_000_000),
    "gathered_calls": (gathered_calls, 3_000_000), "long_numbers": (long_numbers, 2_000_000), "closures": (closures, 600_000), "library": (library, 150_000),
    "own_locks": (own_locks, 4_000_000), "named_attributes": (named_attributes, 400_000), "weak_references": (weak_references, 150_000), "cached_calls": (cached_calls, 4_000_000),
}


def sleeping(stop):
    count = 0
    while not stop.is_set():
        time.sleep(0.00005)
        count += 1
    return count


def pipe_echo(stop):
    count = 0
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as echo:
        there, back = echo.stdin.fileno(), echo.stdout.fileno()
        while not stop.is_set():
            os.write(there, b"x")
            os.read(back, 1)
            count += 1
    return count


def file_write(stop):
    count, block = 0, bytes(4096)
    with tempfile.TemporaryFile(buffering=0) as file:
        while not stop.is_set():
            os.pwrite(file.fileno(), block, count % 256 * 4096)
            count += 1
    return count


def file_sync(stop):
    count, block = 0, bytes(4096)
    with tempfile.TemporaryFile(buffering=0, dir=os.path.expanduser("~")) as file:
        while not stop.is_set():
            os.pwrite(file.fileno(), block, count % 256 * 4096)
            os.fdatasync(file.fileno())
            count += 1
    return count


class Paced:
    """An event that is asked before each operation, and keeps whoever asks from doing more than `rate` a second; sleeps are 20 ms long, so that they cost nothing."""

    def __init__(self, stop, rate):
        self.stop, self.rate, self.count, self.begin = stop, rate, 0, time.perf_counter()

    def is_set(self):
        self.count += 1
        ahead = self.count / self.rate - (time.perf_counter() - self.begin)
        if ahead > 0.02:
            time.sleep(ahead)
        return self.stop.is_set()


INPUT_OUTPUT = {"sleeping": sleeping, "pipe_echo": pipe_echo, "file_write": file_write, "file_sync": file_sync}


def computing(stop):
    rounds = 0
    while not stop.is_set():
        integers(2000)
        rounds += 1
    return rounds


def rates(works, duration, pace=None):
    """What each of the works does in a second, all of them at the same time; the last at most as often as `pace` says."""
    stop, results = threading.Event(), {}

    def run(work):
        begin = time.perf_counter()
        count = work(Paced(stop, pace) if pace and work is works[-1] else stop)
        results[work] = count / (time.perf_counter() - begin)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    time.sleep(duration)
    stop.set()
    for thread in threads:
        thread.join()
    return [results[work] for work in works]


def seconds(work, argument, workers):
    start = threading.Barrier(workers + 1)

    def run():
        start.wait()
        work(argument)

    threads = [threading.Thread(target=run) for _ in range(workers)]
    for thread in threads:
        thread.start()
    start.wait()
    begin = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begin


def measure(names, repeat, model, paces):
    if model:
        assert sys._is_gil_enabled() is (model != "none"), "another model is active"
    result = {}
    for name in names:
        if name in INPUT_OUTPUT:
            rounds = [(rates([computing], 0.3), rates([computing, INPUT_OUTPUT[name]], 0.3, paces.get(name))) for _ in range(repeat)]
            result[name] = (statistics.median(beside[1] for _, beside in rounds), statistics.median(beside[0] / alone[0] for alone, beside in rounds))
            continue
        work, argument = WORKLOADS[name]
        seconds(work, argument // 4 if work is not fibonacci else 18, 1)
        # In turns, so that what else the machine does meets both.
        rounds = [(seconds(work, argument, 1), seconds(work, argument, 2)) for _ in range(repeat)]
        result[name] = (statistics.median(2 * one / two for one, two in rounds), statistics.median(one for one, _ in rounds))
    print(json.dumps(result))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("krait", nargs="?")
    parser.add_argument("--peer", action="append", default=[])
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--only", nargs="*", default=[*WORKLOADS, *INPUT_OUTPUT])
    parser.add_argument("--measure", metavar="MODEL", help=argparse.SUPPRESS, nargs="?", const="")
    parser.add_argument("--paces", type=json.loads, default={}, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure is not None:
        return measure(options.only, options.repeat, options.measure, options.paces)
    models = [(model, [options.krait, "-X", f"gil={model}"], model) for model in ("none", "interpreter", "process")]
    columns = models + [(peer.rsplit("/", 1)[-1], [peer], "") for peer in options.peer]

    def run(column, names, paces):
        title, command, model = column
        command = command + [__file__, "--repeat", str(options.repeat), "--measure", model, "--paces", json.dumps(paces), "--only", *names]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{title}: {done.stderr or done.returncode}")
        return json.loads(done.stdout)

    results = [run(column, options.only, {}) for column in columns]
    show("two threads against one", [name for name in options.only if name in WORKLOADS], columns, results, lambda ratio, time: f"{ratio:10.2f}x {time * 1000:6.0f} ms")
    input_output = [name for name in options.only if name in INPUT_OUTPUT]
    show("one that computes beside", input_output, columns, results, lambda rate, share: f"{rate:10.0f}/s {share * 100:4.0f} %")
    if options.peer and input_output:
        # What the other thread keeps depends on how much is done beside it.
        paces = {name: 5 * results[len(models)][name][0] for name in input_output}
        results[: len(models)] = [run(column, input_output, paces) for column in models]
        show("at five times its rate", input_output, columns, results, lambda rate, share: f"{rate:10.0f}/s {share * 100:4.0f} %")


def show(heading, names, columns, results, text):
    if names:
        print(f"{heading:24}" + "".join(f"{title:>20}" for title, _, _ in columns))
    for name in names:
        print(f"{name:24}" + "".join(f"{text(*result[name]):>20}" for result in results))


if __name__ == "__main__":
    main()
