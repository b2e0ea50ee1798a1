#!/usr/bin/env python3
"""Interpreters: what it costs to make, run and close one, how two scale, and how fast queues are. Runs on Krait and on CPython 3.14:

    krait Benchmarks/interpreters.py [ALIVE]
    python3.14 Benchmarks/interpreters.py [ALIVE]
"""
import statistics
import subprocess
import sys
import threading
import time
from concurrent import interpreters
from concurrent.futures import InterpreterPoolExecutor

try:
    import krait
except ImportError:
    model = "CPython"
else:
    model = krait.threading_model()
    assert model in ("process", "interpreter", "none"), model


def spin(count):
    """Several loops: one alone takes up to 1.4 times as long wherever what it writes lies at the addresses of its code, modulo 4096, and interpreters, being alike, would all be met by that or none."""
    part, total, other = count // 8, 0, 1
    for number in range(part):
        total += number & 3
    for number in range(part):
        total = total + 5 & 0xFFFF
    for number in range(part):
        other = other * 3 & 0xFFFF
    for number in range(part):
        if number & 1:
            total += 2
    for number in range(part):
        total, other = other, total
    for number in range(part):
        other = number - total & 7
    for number in range(part):
        total = total ^ number
    for number in range(part):
        other = (number >> 2) + 1
    return total + other


def echo(requests, answers, count):
    for _ in range(count):
        answers.put(requests.get())


def drain(queue, count):
    for _ in range(count):
        queue.get()


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def timed(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def life():
    interp = interpreters.create()
    interp.exec("pass")
    interp.close()


def calibrated(seconds):
    """How far to spin for so long."""
    count = 1_000_000
    return int(count * seconds / min(timed(spin, count) for _ in range(5)))


def scaling():
    """Two new interpreters, a second each: both at once against one after the other, the best of two times. The thread that waits for them takes some ms of one of the cores before it waits."""
    count = calibrated(1)
    pair = [interpreters.create(), interpreters.create()]

    def both():
        threads = [threading.Thread(target=interp.call, args=(spin, count)) for interp in pair]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    rounds = [(sum(timed(interp.call, spin, count) for interp in pair), timed(both)) for _ in range(2)]
    ratio = min(serial for serial, _ in rounds) / min(parallel for _, parallel in rounds)
    for interp in pair:
        interp.close()
    return ratio


def machine():
    """What the machine itself gives: the same with two processes, which share nothing."""
    count = calibrated(1)
    pair = [subprocess.Popen([sys.executable, __file__, "--spin", str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]

    def begin(process):
        process.stdin.write("\n")
        process.stdin.flush()

    def end(process):
        assert process.stdout.readline() == "done\n"

    def both():
        for process in pair:
            begin(process)
        for process in pair:
            end(process)

    def alone(process):
        begin(process)
        end(process)

    both()
    rounds = [(sum(timed(alone, process) for process in pair), timed(both)) for _ in range(2)]
    for process in pair:
        process.stdin.close()
        process.wait()
        process.stdout.close()
    return min(serial for serial, _ in rounds) / min(parallel for _, parallel in rounds)


def spins(count):
    """The other end of `machine`: spins whenever it is told to."""
    for _ in sys.stdin:
        spin(count)
        print("done", flush=True)


def pooled():
    """A pool of two, made for it, against the tasks one after the other."""
    count = calibrated(0.3)
    serial = sum(timed(spin, count) for _ in range(4))

    def pool():
        with InterpreterPoolExecutor(2) as executor:
            list(executor.map(spin, [count] * 4))

    return serial / timed(pool)


def spread(measure, times=7):
    """The median of what is measured, with the least and the most."""
    ratios = sorted(measure() for _ in range(times))
    return f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"


def round_trip(interp, count=500):
    requests, answers = interpreters.create_queue(), interpreters.create_queue()
    thread = threading.Thread(target=interp.call, args=(echo, requests, answers, count))
    thread.start()

    def one():
        requests.put(1)
        answers.get()

    times = [timed(one) for _ in range(count)]
    thread.join()
    return statistics.median(times)


def one_way(interp, count=300_000):
    queue = interpreters.create_queue()
    thread = threading.Thread(target=interp.call, args=(drain, queue, count))
    start = time.perf_counter()
    thread.start()
    for number in range(count):
        queue.put(number)
    thread.join()
    return count / (time.perf_counter() - start)


def closing():
    """Milliseconds to close an interpreter with 100 MB of live objects, and the MiB that the process has more afterwards."""
    times, before = [], resident()
    for _ in range(5):
        interp = interpreters.create()
        interp.exec("data = [bytes(1000) for _ in range(100_000)]")
        times.append(timed(interp.close))
    return statistics.median(times) * 1e3, (resident() - before) / 2**20


def main():
    if sys.argv[1:2] == ["--spin"]:
        return spins(int(sys.argv[2]))
    alive = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    print(f"{sys.implementation.name} {sys.version.split()[0]}, model {model}")
    life()
    print(f"create, run and close: {statistics.median(timed(life) for _ in range(20)) * 1e3:.2f} ms")
    print(f"two interpreters at once: {spread(scaling)} times one after the other; two processes: {spread(machine)}")
    first, second = interpreters.create(), interpreters.create()
    print(f"queue round trip: {round_trip(first) * 1e6:.1f} µs")
    print(f"queue one way: {one_way(second) / 1e6:.2f} million messages a second")
    first.close()
    second.close()
    before = resident()
    many = [interpreters.create() for _ in range(alive)]
    print(f"{alive} interpreters alive: {(resident() - before) / alive / 2**20:.2f} MiB each")
    for interp in many:
        interp.close()
    print("closed with 100 MB of objects: %.1f ms, %.1f MiB left" % closing())
    print(f"pool of two, start included: {spread(pooled)} times serial")


if __name__ == "__main__":
    main()
