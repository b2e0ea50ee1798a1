"""What two threads do to one counter, and to each other's time, under each threading model.

    krait Benchmarks/demos/races.py [--count N] [--threads N]

With Krait it runs itself under each model; on another Python, as that is.
"""
import argparse
import dis
import io
import subprocess
import sys
import threading
import time

try:
    import krait
except ImportError:
    krait = None

counter = 0
lock = threading.Lock()


def one():
    return 1


def add_constant(count):
    global counter
    for _ in range(count):
        counter += 1


def add_result(count):
    global counter
    for _ in range(count):
        counter += one()


def add_with_lock(count):
    global counter
    for _ in range(count):
        with lock:
            counter += one()


def compute(count):
    total = 0
    for number in range(count):
        total += number * number % 7
    return total


def in_threads(function, count, threads):
    """Seconds that as many threads take that each call function(count)."""
    workers = [threading.Thread(target=function, args=(count,)) for _ in range(threads)]
    start = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return time.perf_counter() - start


def in_interpreters(function, count, number):
    """The same with a thread in an interpreter of its own each."""
    from concurrent import interpreters

    own = [interpreters.create() for _ in range(number)]
    for interpreter in own:
        interpreter.call(function, 1)
    start = time.perf_counter()
    workers = [interpreter.call_in_thread(function, count) for interpreter in own]
    for worker in workers:
        worker.join()
    seconds = time.perf_counter() - start
    for interpreter in own:
        interpreter.close()
    return seconds


def lost(function, count, threads):
    """How many of the additions are not in the sum."""
    global counter
    counter = 0
    in_threads(function, count, threads)
    return threads * count - counter


def bytecode(function):
    """The instructions of the line that adds."""
    file = io.StringIO()
    dis.dis(function, file=file)
    lines = file.getvalue().splitlines()
    first = next(index for index, line in enumerate(lines) if "LOAD_GLOBAL" in line and "counter" in line)
    last = next(index for index, line in enumerate(lines) if "STORE_GLOBAL" in line)
    return "\n".join(f"    {' '.join(line.split())}" for line in lines[first:last + 1])


EXPLANATION = """\
counter += one() is this bytecode:
{bytecode}
The counter is read first and stored last. A thread that another one replaces in between adds to the old value, and the other's additions are lost. Under a lock of the
interpreter threads take turns only at calls, at the ends of loops, and where they wait: so `counter += 1`, without a call in between, stays whole, by luck of
the implementation and not by the language. Without a lock threads run at the same time and each of them can be lost. `with lock:` is right everywhere."""


def tell(count, threads):
    """The measurements of one model: a line of the table."""
    # Turns of 5 ms are long; shorter ones show in seconds what otherwise takes minutes.
    known = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    losses = [lost(function, count, threads) for function in (add_constant, add_result, add_with_lock)]
    sys.setswitchinterval(known)
    one_thread = in_threads(compute, count * 5, 1)
    ratios = [threads * one_thread / in_threads(compute, count * 5, threads)]
    if krait:
        ratios.append(threads * one_thread / in_interpreters(compute, count * 5, threads))
    model = f"krait {krait.threading_model()}" if krait else sys.implementation.name
    print(f"{model:18}{losses[0]:>16,}{losses[1]:>18,}{losses[2]:>13,}{ratios[0]:>12.2f}{f'{ratios[1]:.2f}' if krait else '':>16}", flush=True)
    return losses[2] == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--line", action="store_true", help="only the line of the table of the model that this runs under")
    options = parser.parse_args()
    if options.line:
        sys.exit(0 if tell(options.count, options.threads) else 1)
    print(EXPLANATION.format(bytecode=bytecode(add_result)))
    print(f"\n{options.threads} threads that add {options.count:,} times each: lost additions; and how much more {options.threads} of them compute than one, in the same time")
    print(f"{'':18}{'counter += 1':>16}{'counter += one()':>18}{'with lock':>13}{'threads':>12}{'interpreters':>16}", flush=True)
    if not krait:
        sys.exit(0 if tell(options.count, options.threads) else 1)
    failed = 0
    for model in ("process", "interpreter", "none"):
        command = [sys.executable, "-X", f"gil={model}", __file__, "--line", "--count", str(options.count), "--threads", str(options.threads)]
        failed |= subprocess.run(command).returncode
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
