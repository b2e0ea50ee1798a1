#!/usr/bin/env python3
"""CPU time and memory of the programs in Benchmarks/programs on Krait and its peers.

    compare.py KRAIT [--peer PATH]... [--programs NAME...] [--repeat 3] [--krait-arguments="-X gil=none"] [--peer-arguments ...]

Every program runs in a process of its own, the Pythons one after the other, round by round. What counts is the least CPU time (user and
system) and the least peak memory of the rounds; the outputs must be equal. The table shows times ratio (peer / Krait, more is better) and
memory ratio (Krait / peer, less is better). Gates: `--minimum-mean 2.0` for the geometric mean of the times ratios, `--minimum-each 1.0` for
each of them, `--maximum-memory 1.2` for the geometric mean of the memory ratios; a gate looks at the first peer.

Krait against itself under another option: `compare.py krait --krait-arguments="-X gil=none" --peer krait --peer-arguments="-X gil=process"`.
The n-th --peer-arguments belongs to the n-th --peer.
"""

import argparse
import dataclasses
import math
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent / "programs"
DEFAULT_PEERS = ["~/.cache/krait-peers/python3.14", "python3.14"]


@dataclasses.dataclass
class Peer:
    name: str
    command: list


@dataclasses.dataclass
class Measurement:
    seconds: float = math.inf
    memory: float = math.inf
    output: bytes | None = None
    failure: str | None = None


# A process's peak memory starts with what the process that made it had. So a bare Python, smaller than any that is measured, starts the program.
LAUNCHER = """
import posix, sys
report, *command = sys.argv[1:]
child = posix.fork()
if child == 0:
    try:
        posix.execv(command[0], command)
    finally:
        posix._exit(127)
_, status, usage = posix.wait4(child, 0)
posix.write(int(report), f"{status} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}".encode())
"""


def run_session(command, timeout, **options):
    """subprocess.run() that ends grandchildren, too, when the time is over."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, **options) as process:
        try:
            output, errors = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def measure(peer, program, scale, timeout, into):
    """Runs the program once and keeps the least CPU seconds and MiB."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["PYTHONHASHSEED"] = "0"
    command = [*peer.command, program.name, *([str(scale)] if scale else [])]
    reading, writing = os.pipe()
    try:
        finished = run_session(
            [sys.executable, "-I", "-S", "-c", LAUNCHER, str(writing), *command], cwd=program.parent, env=environment, stdin=subprocess.DEVNULL,
            timeout=timeout, pass_fds=[writing])
        os.close(writing)
        report = os.read(reading, 200).split()
    except subprocess.TimeoutExpired:
        os.close(writing)
        into.failure = f"more than {timeout} seconds"
        return
    finally:
        os.close(reading)
    status = os.waitstatus_to_exitcode(int(report[0])) if report else 127
    if status != 0:
        last = finished.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        into.failure = f"status {status}: {last}"[:80]
    elif into.output is not None and into.output != finished.stdout:
        into.failure = "output changes from run to run"
    else:
        into.output = finished.stdout
        into.seconds = min(into.seconds, float(report[1]))
        into.memory = min(into.memory, int(report[2]) / 1024)


def compared(krait, peers, program, arguments):
    """The measurements of one program, Krait's first."""
    pythons = [krait, *peers]
    measurements = [Measurement() for _ in pythons]
    for _ in range(arguments.repeat):
        for python, measurement in zip(pythons, measurements):
            if measurement.failure is None:
                measure(python, program, arguments.scale, arguments.timeout, measurement)
    reference = next((m.output for m in measurements[1:] if m.failure is None), None)
    if measurements[0].failure is None and reference is not None and measurements[0].output != reference:
        measurements[0].failure = "another output than the peer's"
    return measurements


def geometric_mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else math.nan


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("krait")
    parser.add_argument("--peer", action="append", default=[], metavar="PATH")
    parser.add_argument("--peer-arguments", action="append", default=[], metavar="OPTIONS")
    parser.add_argument("--krait-arguments", default="", metavar="OPTIONS")
    parser.add_argument("--programs", nargs="+", metavar="NAME", help="only these (default: all)")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--scale", type=float, help="the programs' argument: how much longer than usual they work")
    parser.add_argument("--timeout", type=float, default=60, help="seconds for one run")
    parser.add_argument("--minimum-mean", type=float)
    parser.add_argument("--minimum-each", type=float)
    parser.add_argument("--maximum-memory", type=float)
    arguments = parser.parse_args()

    def located(path):
        path = os.path.expanduser(path)
        return os.path.abspath(path if os.sep in path else shutil.which(path) or sys.exit(f"{path}: not found"))

    paths = arguments.peer or [next((p for p in DEFAULT_PEERS if os.path.exists(os.path.expanduser(p))), "python3.14")]
    options = [shlex.split(text) for text in arguments.peer_arguments] + [[]] * len(paths)
    krait = Peer("krait", [located(arguments.krait), *shlex.split(arguments.krait_arguments)])
    peers = [Peer(" ".join([pathlib.Path(path).name, *extra]), [located(path), *extra]) for path, extra in zip(paths, options)]
    programs = [FOLDER / f"{name.removesuffix('.py')}.py" for name in arguments.programs] if arguments.programs else sorted(FOLDER.glob("*.py"))

    titles = ["program", "krait s", "krait MiB"]
    for peer in peers:
        titles += [f"{peer.name} s", "times", f"{peer.name} MiB", "memory"]
    print("| " + " | ".join(titles) + " |")
    print("|---|" + "--:|" * (len(titles) - 1))
    times, memories, failures = [[] for _ in peers], [[] for _ in peers], []
    for program in programs:
        own, *others = compared(krait, peers, program, arguments)
        if own.failure is not None:
            failures.append(f"{program.stem}: krait: {own.failure}")
            cells = ["failed", "-"]
        else:
            cells = [f"{own.seconds:.3f}", f"{own.memory:.1f}"]
        for index, (peer, other) in enumerate(zip(peers, others)):
            if other.failure is not None:
                failures.append(f"{program.stem}: {peer.name}: {other.failure}")
                cells += ["failed", "-", "-", "-"]
            elif own.failure is not None:
                cells += [f"{other.seconds:.3f}", "-", f"{other.memory:.1f}", "-"]
            else:
                time_ratio, memory_ratio = other.seconds / max(own.seconds, 1e-6), own.memory / other.memory
                times[index].append((time_ratio, program.stem))
                memories[index].append(memory_ratio)
                cells += [f"{other.seconds:.3f}", f"{time_ratio:.2f}", f"{other.memory:.1f}", f"{memory_ratio:.2f}"]
        print("| " + " | ".join([program.stem, *cells]) + " |", flush=True)
    cells = ["", ""]
    for ratios, memory in zip(times, memories):
        cells += ["", f"**{geometric_mean([r for r, _ in ratios]):.2f}**", "", f"**{geometric_mean(memory):.2f}**"]
    print("| " + " | ".join(["geometric mean", *cells]) + " |\n")

    for failure in failures:
        print(failure)
    missed = bool(failures)

    def gate(holds, text):
        nonlocal missed
        missed |= not holds
        print(f"gate {'holds' if holds else 'MISSED'}: {text}")

    if arguments.minimum_mean is not None:
        mean = geometric_mean([r for r, _ in times[0]])
        gate(mean >= arguments.minimum_mean, f"mean of the times ratios {mean:.2f}, at least {arguments.minimum_mean}")
    if arguments.minimum_each is not None:
        slow = [f"{name} {ratio:.2f}" for ratio, name in sorted(times[0]) if ratio < arguments.minimum_each]
        gate(bool(times[0]) and not slow, f"each times ratio at least {arguments.minimum_each}" + (f"; not {', '.join(slow)}" if slow else ""))
    if arguments.maximum_memory is not None:
        mean = geometric_mean(memories[0])
        gate(mean <= arguments.maximum_memory, f"mean of the memory ratios {mean:.2f}, at most {arguments.maximum_memory}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
