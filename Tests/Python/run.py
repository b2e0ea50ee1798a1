#!/usr/bin/env python3
"""Runs each program on Krait and on the oracle (CPython 3.14); standard output, standard error and exit status must be equal, byte for byte.

    run.py KRAIT [--oracle PYTHON3.14] [--generated N] [--fuzz SECONDS] [--debug-heap] [--library FOLDER] [--jobs 2] [--show N] [PATH...]

PATH is a program or a folder below this one; without any, every program here runs. `--generated N` adds N programs of generate.py with fixed
seeds; `--fuzz SECONDS` instead runs programs of fresh seeds until the time is over and keeps each one that differs. The oracle's outcomes are
kept in the ignored folder .build-cache, by the hash of path and text. `--debug-heap` runs the programs on Krait alone, with a heap that poisons what
is freed: objects that are left at the end, memory used after its end, a sanitizer's reports and crashes are failures. `--library FOLDER` is a
folder of installed packages that both import from. KRAIT may be followed by `--krait-arguments="-X gil=none"`.
"""

import argparse
import collections
import concurrent.futures
import difflib
import hashlib
import os
import pathlib
import pickle
import re
import resource
import shlex
import signal
import subprocess
import sys
import time

import generate

FOLDER = pathlib.Path(__file__).resolve().parent
EXPECTED = FOLDER / "expected-failures.txt"
CACHE = FOLDER.parent.parent / ".build-cache" / "programs"
ADDRESS = re.compile(rb" at 0x[0-9a-f]+")
DEFAULT_ORACLES = ["~/.cache/krait-peers/python3.14", "python3.14"]
TOOLS = {"run.py", "generate.py"}
# MiB of address space that krait reserves for its main thread's stacks; the limit of memory counts them.
RESERVED = 308
# What CPython says of a bytearray for which there is no memory: it gives up an object whose number of exports it has not set yet.
UNSET = b"SystemError: deallocated bytearray object has exported buffers\n"

Outcome = collections.namedtuple("Outcome", "stdout stderr status")


class Runner:
    """Runs programs on one Python."""

    def __init__(self, command, memory, timeout):
        self.command = command
        self.memory = memory
        self.timeout = timeout
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        for name in ("FORCE_COLOR", "LC_ALL", "LC_CTYPE"):
            self.environment.pop(name, None)
        self.environment.update(PYTHONHASHSEED="0", NO_COLOR="1", LANG="C.UTF-8", PYTHONDONTWRITEBYTECODE="1")

    def limit(self):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if self.memory:
            resource.setrlimit(resource.RLIMIT_DATA, (self.memory << 20, self.memory << 20))

    def run(self, program):
        try:
            finished = subprocess.run(
                [*self.command, program.name], cwd=program.parent, env=self.environment, stdin=subprocess.DEVNULL,
                capture_output=True, timeout=self.timeout, preexec_fn=self.limit)
        except subprocess.TimeoutExpired as expired:
            return Outcome(expired.stdout or b"", expired.stderr or b"", "timeout")
        return Outcome(finished.stdout, finished.stderr, finished.returncode)


class Oracle(Runner):
    """A Python whose outcomes are kept."""

    def __init__(self, command, memory, timeout):
        super().__init__(command, memory, timeout)
        version = subprocess.check_output([*command, "-VV"])
        self.key = version + " ".join(command).encode()

    def run(self, program):
        key = hashlib.sha256(b"\0".join([self.key, str(program).encode(), program.read_bytes()])).hexdigest()
        kept = CACHE / key[:2] / key
        try:
            return Outcome(*pickle.loads(kept.read_bytes()))
        except (OSError, pickle.PickleError, EOFError, TypeError):
            pass
        outcome = super().run(program)
        if outcome.status != "timeout":
            kept.parent.mkdir(parents=True, exist_ok=True)
            scratch = kept.with_name(f"{key}.{os.getpid()}.{time.monotonic_ns()}")
            scratch.write_bytes(pickle.dumps(tuple(outcome)))
            scratch.replace(kept)
        return outcome


def named(status):
    if isinstance(status, int) and status < 0:
        try:
            return f"crash by {signal.Signals(-status).name}"
        except ValueError:
            return f"crash by signal {-status}"
    return status if status == "timeout" else f"status {status}"


def differences(expected, actual):
    """The lines that tell how the actual outcome differs; none if it does not."""
    lines = []
    if expected.status != actual.status:
        lines.append(f"{named(actual.status)} instead of {named(expected.status)}")
    for name in ("stdout", "stderr"):
        # Where an object lies is each process's own.
        wanted, got = (ADDRESS.sub(b" at 0x...", getattr(outcome, name)) for outcome in (expected, actual))
        if wanted != got:
            before = wanted.decode(errors="backslashreplace").splitlines()
            after = got.decode(errors="backslashreplace").splitlines()
            diff = list(difflib.unified_diff(before[:20000], after[:20000], f"{name} expected", f"{name} actual", lineterm="", n=1))
            lines += diff or [f"{name}: only line ends or bytes that are no UTF-8 differ"]
    return lines


def expected_failures():
    """The names in expected-failures.txt: one a line, relative to this folder; comments begin with #."""
    if not EXPECTED.exists():
        return set()
    lines = (line.partition("#")[0].strip() for line in EXPECTED.read_text().splitlines())
    return {line for line in lines if line}


def programs_below(paths):
    found = []
    for path in map(pathlib.Path, paths):
        path = path if path.exists() else FOLDER / path
        if not path.exists():
            sys.exit(f"{path}: no such program or folder")
        path = path.resolve()
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return [path for path in found if not (path.parent == FOLDER and path.name in TOOLS)]


def written(folder, seed):
    """The program of a seed, as a file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"generated_{seed}.py"
    text = generate.program(seed)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
    return path


class Report:
    """Counts outcomes. A program that is expected to fail is no failure when it does, and is named when it does not."""

    def __init__(self, show, expected_failures):
        self.show = show
        self.passed = 0
        self.failures = collections.defaultdict(list)
        self.expected_failures = expected_failures
        self.expected = 0
        self.surprises = []

    @property
    def failed(self):
        return sum(map(len, self.failures.values()))

    def add(self, program, expected, actual):
        """Counts one outcome; says whether it differed."""
        lines = differences(expected, actual)
        if expected.status == "timeout":
            lines = ["the oracle did not end in time"]
        name = str(program.relative_to(FOLDER)) if program.is_relative_to(FOLDER) else program.name
        if not lines:
            self.passed += 1
            if name in self.expected_failures:
                self.surprises.append(name)
            return False
        if name in self.expected_failures:
            self.expected += 1
            return True
        folder = program.parent.relative_to(FOLDER) if program.is_relative_to(FOLDER) else program.parent.name
        crash = isinstance(actual.status, int) and actual.status < 0 and actual.status != expected.status
        mark = " (crash)" if crash else " (timeout)" if actual.status == "timeout" else ""
        self.failures[str(folder)].append(program.name + mark)
        if self.failed <= self.show:
            print(f"--- {folder}/{program.name}")
            for line in lines[:self.show_lines(crash)]:
                print("   ", line[:300])
            sys.stdout.flush()
        return True

    @staticmethod
    def show_lines(crash):
        return 4 if crash else 14

    def close(self):
        if self.failures:
            print("\nfailures by folder:")
        for folder, names in sorted(self.failures.items()):
            print(f"  {folder}: {len(names)}")
            for name in sorted(names):
                print(f"    {name}")
        if self.surprises:
            print(f"\nno longer failing; take them out of {EXPECTED.name}:")
            for name in sorted(self.surprises):
                print(f"    {name}")
        if self.expected:
            print(f"{self.expected} failed as expected ({EXPECTED.name})")
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def run_all(programs, oracle, krait, jobs, report):
    def both(program):
        return program, oracle.run(program), krait.run(program)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for program, expected, actual in pool.map(both, programs):
            report.add(program, expected, actual)


def check_heap(programs, krait, jobs, report):
    """Runs programs with KRAIT_HEAP=debug, whatever their output."""
    krait.environment.update(KRAIT_HEAP="debug", ASAN_OPTIONS="detect_leaks=0:detect_stack_use_after_return=0", SWIFT_BACKTRACE="enable=no")
    signs = (b"leaked: ", b"krait: debug heap: ", b"AddressSanitizer")

    def one(program):
        return program, krait.run(program)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for program, actual in pool.map(one, programs):
            findings = [line for line in actual.stderr.splitlines() if any(sign in line for sign in signs)]
            # An interrupt that nobody catches ends the process by its signal.
            crashed = actual.status == "timeout" or actual.status < 0 and actual.status != -signal.SIGINT
            wanted = Outcome(b"", b"", 0)
            report.add(program, wanted, Outcome(b"", b"\n".join(findings), actual.status if crashed else 0))


def fuzz(seconds, first_seed, oracle, krait, jobs, report):
    """Programs of ever new seeds until the time is over; those that differ stay in .build-cache/fuzz-failures.

    There is nothing to compare where the oracle does not end in time, where the limit of memory decides, or where objects' addresses do (the hash of a nan is one): a program that differs counts if
    the oracle does the same with less memory from another allocator, or if krait crashes.
    """
    end = time.monotonic() + seconds
    scratch, kept = CACHE.parent / "fuzz", CACHE.parent / "fuzz-failures"
    other = Runner(oracle.command, oracle.memory * 3 // 4, oracle.timeout)
    other.environment["PYTHONMALLOC"] = "malloc"

    def on_oracle(runner, program):
        outcome = Runner.run(runner, program)
        return outcome._replace(stderr=outcome.stderr.replace(UNSET, b""))

    def one(seed):
        program = written(scratch, seed)
        expected, actual = on_oracle(oracle, program), krait.run(program)
        crash = isinstance(actual.status, int) and actual.status < 0
        differs = expected.status != "timeout" and not crash and differences(expected, actual)
        # Addresses vary from run to run.
        return program, expected, actual, differs and any(differences(expected, on_oracle(other, program)) for _ in range(3))

    seed = first_seed
    endless = undecided = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        while time.monotonic() < end:
            for program, expected, actual, is_undecided in pool.map(one, range(seed, seed + 4 * jobs)):
                if expected.status == "timeout":
                    endless += 1
                    program.unlink()
                elif is_undecided:
                    undecided += 1
                    program.unlink()
                elif report.add(program, expected, actual):
                    kept.mkdir(parents=True, exist_ok=True)
                    program.replace(kept / program.name)
                    print(f"    kept as {kept / program.name}")
                else:
                    program.unlink()
            seed += 4 * jobs
    if endless:
        print(f"{endless} more on which the oracle did not end in time")
    if undecided:
        print(f"{undecided} more that differ, on which the oracle does something else, too, with less memory and other addresses")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("krait")
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--oracle", default=next((path for path in map(os.path.expanduser, DEFAULT_ORACLES) if os.path.exists(path)), "python3.14"))
    parser.add_argument("--krait-arguments", default="", help="options for krait, before the program's name")
    parser.add_argument("--generated", type=int, default=0, metavar="N", help="also run N generated programs, the same ones each time")
    parser.add_argument("--fuzz", type=float, metavar="SECONDS", help="run generated programs of fresh seeds instead")
    parser.add_argument("--debug-heap", action="store_true", help="look for leaks and for uses of freed memory instead of differences")
    parser.add_argument("--seed", type=int, help="first seed of --fuzz (default: from the clock)")
    parser.add_argument("--library", metavar="FOLDER", help="where both find packages")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--strict", action="store_true", help="count the failures that expected-failures.txt lists as failures, too")
    parser.add_argument("--show", type=int, default=10, metavar="N", help="how many differences to show")
    parser.add_argument("--memory", type=int, default=3072, metavar="MIB", help="limit of each process's private memory; 0 for none")
    parser.add_argument("--timeout", type=float, default=20, metavar="SECONDS", help="what a process may take")
    arguments = parser.parse_intermixed_args()

    # Programs run in their own folders.
    krait_path, oracle_path = (os.path.abspath(path) if os.sep in path else path for path in (arguments.krait, arguments.oracle))
    krait = Runner([krait_path, *shlex.split(arguments.krait_arguments)], arguments.memory and arguments.memory + RESERVED, arguments.timeout)
    oracle = Oracle([oracle_path], arguments.memory, arguments.timeout)
    if arguments.library:
        for runner in (krait, oracle):
            runner.environment["PYTHONPATH"] = os.path.abspath(arguments.library)
    report = Report(arguments.show, set() if arguments.strict or arguments.fuzz or arguments.debug_heap else expected_failures())
    if arguments.fuzz:
        first = arguments.seed if arguments.seed is not None else time.time_ns() // 1_000_000
        print(f"first seed: {first}")
        fuzz(arguments.fuzz, first, oracle, krait, arguments.jobs, report)
    else:
        programs = programs_below(arguments.paths or [FOLDER])
        programs += [written(CACHE.parent / "generated", seed) for seed in range(1, arguments.generated + 1)]
        if arguments.debug_heap:
            check_heap(programs, krait, arguments.jobs, report)
        else:
            run_all(programs, oracle, krait, arguments.jobs, report)
    sys.exit(report.close())


if __name__ == "__main__":
    main()
