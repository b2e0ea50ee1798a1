"""The threaded download: a loop against 32 threads, under each threading model, beside CPython.

    krait Benchmarks/demos/downloads.py [--delay SECONDS] [--rounds N] [--models M ...] [--peer PYTHON] [--without-loop] [--asyncio] [--packages FOLDER]

A server in an interpreter of its own (in a process of its own where there is no `krait`: CPython runs this, too) answers each of 400 requests after a delay, 50 ms by default.
download.py fetches them one after another, then with 32 threads; each file is compared with what the server sent. FOLDER holds `requests` (Scripts/setup --packages).
The least time that 32 threads can take is 13 delays, the least of the loop 400. With more rounds than one the threads' time is the median of as many.
"""
import argparse
import importlib.util
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))
import server  # noqa: E402

COUNT, WORKERS = 400, 32


class InterpreterServer:
    """The server in an interpreter of this process."""

    def __init__(self, delay):
        from concurrent import interpreters

        self.interpreter = interpreters.create()
        addresses = interpreters.create_queue()
        reading, self.writing = os.pipe()
        self.reading = reading
        self.interpreter.exec(f"import sys; sys.path.insert(0, {str(FOLDER)!r}); sys.argv = ['']")
        self.thread = threading.Thread(target=self.interpreter.call, args=(server.serve_in_interpreter, reading, addresses, delay, server.SIZE), daemon=True)
        self.thread.start()
        self.address = addresses.get(timeout=60)

    def close(self):
        os.close(self.writing)
        self.thread.join(10)
        if not self.thread.is_alive():
            self.interpreter.close()
        os.close(self.reading)


class ProcessServer:
    """The server in a process, for Pythons without interpreters."""

    def __init__(self, delay):
        self.process = subprocess.Popen([sys.executable, FOLDER / "server.py", "--delay", str(delay)], stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def start_server(delay):
    known = importlib.util.find_spec("krait") is not None
    return (InterpreterServer if known else ProcessServer)(delay)


class Failure(Exception):
    pass


def run(command, program, address, packages, only):
    """The times that the program prints, by name, in seconds. Every file is looked at."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPATH": packages, "PYTHONDONTWRITEBYTECODE": "1"}
        arguments = [*command, str(FOLDER / program), address, folder, *(["--only", only] if only else [])]
        finished = subprocess.run(arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if finished.returncode != 0:
            raise Failure(f"status {finished.returncode}: {finished.stderr.strip().splitlines()[-1:] or ['']}")
        check(folder)
    return {name: float(seconds) for name, seconds in map(str.split, finished.stdout.splitlines())}


def check(folder):
    names = {f"file{number}.{copy}" for number in range(20) for copy in range(20)}
    found = set(os.listdir(folder))
    if found != names:
        raise Failure(f"{len(found & names)} of {COUNT} files are there, and {len(found - names)} others")
    for name in names:
        if (pathlib.Path(folder) / name).read_bytes() != server.content(name):
            raise Failure(f"the content of {name} is not what the server sent")


def peers(given):
    """CPythons to compare with: the one that is named, else the first that is found."""
    if given:
        return [given]
    checkout = FOLDER.parents[1] / ".python/oracle/python3.14"
    return [str(checkout)] if checkout.exists() else [path for path in [shutil.which("python3.14")] if path]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--delay", type=float, default=0.05)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--models", nargs="+", default=["interpreter", "none", "process"])
    parser.add_argument("--krait", help="the krait to measure: the one that runs this, without")
    parser.add_argument("--peer")
    parser.add_argument("--without-loop", action="store_true")
    parser.add_argument("--asyncio", action="store_true")
    parser.add_argument("--packages", default=str(FOLDER.parents[1] / ".python/packages"))
    options = parser.parse_args()
    if not options.asyncio and not os.path.isdir(os.path.join(options.packages, "requests")):
        sys.exit(f"downloads.py: {options.packages} has no `requests`: run Scripts/setup --packages")
    krait = options.krait or (sys.executable if sys.implementation.name == "krait" or importlib.util.find_spec("krait") else None)
    rows = [(f"krait {model}", [krait, "-X", f"gil={model}"]) for model in options.models] if krait else []
    rows += [(os.path.basename(path), [path]) for path in peers(options.peer)]
    program, many = ("download_asyncio.py", "tasks") if options.asyncio else ("download.py", "threads")
    service = start_server(options.delay)
    try:
        least = options.delay * -(-COUNT // WORKERS)
        print(f"{COUNT} files, each after {options.delay * 1000:g} ms: a loop takes {COUNT * options.delay:.2f} s at least, {WORKERS} {many} {least:.2f} s")
        print(f"{'':20} {'loop':>9} {many:>9} {'less':>8}   every file is what was sent")
        failed = False
        times = {name: [] for name, _ in rows}
        loops = {}
        for round in range(options.rounds):
            for name, command in rows:
                try:
                    if round == 0 and not options.without_loop:
                        loops[name] = run(command, program, service.address, options.packages, "sequential")["sequential"]
                    times[name].append(run(command, program, service.address, options.packages, many)[many])
                except Failure as failure:
                    failed = True
                    print(f"{name:20} {failure}")
                    continue
                if round == options.rounds - 1:
                    tell(name, loops.get(name), statistics.median(times[name]))
        sys.exit(failed)
    finally:
        service.close()


def tell(name, loop, many):
    shown = f"{loop:7.2f} s" if loop else f"{'–':>9}"
    less = f"{(1 - many / loop) * 100:6.1f} %" if loop else f"{'–':>8}"
    print(f"{name:20} {shown} {many:7.2f} s {less}   yes", flush=True)


if __name__ == "__main__":
    main()
