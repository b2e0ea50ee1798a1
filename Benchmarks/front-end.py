#!/usr/bin/env python3
"""Time and memory of the front end against CPython 3.14: tokenizing, parsing and compiling the whole standard library in one process.

usage: front-end.py PYTHON3.14 KRAIT-COMPILE [FOLDER] [--rounds N]

Each round runs both, one after the other, in fresh processes: CPython's `compile()` over all files that it accepts, and `krait-compile --check`
over the same files. CPU seconds (user and system) of the whole process less those of one with no file, and peak resident memory.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

COMPILE_ALL = """
import sys, warnings
warnings.simplefilter("ignore")
for name in open(sys.argv[1]).read().split("\\n"):
    if name:
        with open(name, "rb") as file:
            compile(file.read(), name, "exec", dont_inherit=True)
"""
ACCEPTED = """
import pathlib, sys, warnings
warnings.simplefilter("ignore")
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    try:
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError):
        continue
    print(path)
"""


def run(command):
    """CPU seconds and peak memory in MiB of a process."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} ended with status {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("python")
    parser.add_argument("krait_compile")
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    folder = arguments.folder or subprocess.check_output(
        [arguments.python, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"], text=True).strip()
    with tempfile.TemporaryDirectory() as temporary:
        listing, empty = pathlib.Path(temporary, "files"), pathlib.Path(temporary, "none")
        listing.write_text(subprocess.check_output([arguments.python, "-c", ACCEPTED, folder], text=True))
        empty.write_text("")
        files = listing.read_text().split()
        size = sum(os.path.getsize(name) for name in files)
        print(f"{len(files)} files, {size / 1e6:.1f} MB")

        def pair(names):
            return (run([arguments.python, "-c", COMPILE_ALL, str(names)]), run([arguments.krait_compile, "--check", "--batch", str(names)]))

        start = pair(empty)
        ratios = []
        for number in range(arguments.rounds):
            (theirs, their_memory), (ours, our_memory) = pair(listing)
            theirs, ours = theirs - start[0][0], ours - start[1][0]
            ratios.append(ours / theirs)
            print(f"round {number + 1}: CPython {theirs:.2f} s, {their_memory:.0f} MiB; Krait {ours:.2f} s, {our_memory:.0f} MiB; ratio {ours / theirs:.3f}")
        print(f"median ratio of CPU time, Krait to CPython: {statistics.median(ratios):.3f}; of peak memory: {our_memory / their_memory:.3f}")


if __name__ == "__main__":
    main()
